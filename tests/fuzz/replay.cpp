// The targets without libFuzzer: every file of a corpus, and a fixed number of changed ones. The input that ends a run
// is kept in fuzz-failed, which is again an argument.
//   fuzz_NAME [--changes N] PATH...     PATH is a file or a folder of files
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "bytes.hpp"

namespace {

namespace fs = std::filesystem;

std::string bytes_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> corpus_of(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    if (fs::is_directory(path))
      for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
    else
      files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> corpus;
  for (const fs::path& file : files) corpus.push_back(bytes_of_file(file));
  return corpus;
}

const std::string* current = nullptr;

// Of a signal as of a sanitizer's last word.
void keep_current() {
  if (!current) return;
  std::ofstream("fuzz-failed", std::ios::binary) << *current;
  std::fprintf(stderr, "replay: the input is kept in fuzz-failed, %zu bytes\n", current->size());
  current = nullptr;
}

extern "C" void end_by(int number) {
  keep_current();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void run(const std::string& input) {
  current = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  current = nullptr;
}

// The same numbers everywhere (splitmix64).
class Random {
 public:
  std::size_t below(std::size_t count) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return count == 0 ? 0 : (z ^ (z >> 31)) % count;
  }

 private:
  std::uint64_t state_ = 20260212;
};

std::string changed(std::string text, const std::vector<std::string>& corpus, Random& random) {
  for (std::size_t times = 1 + random.below(4); times > 0; --times) {
    const std::size_t at = random.below(text.size() + 1),
                      length = random.below(1 + std::min<std::size_t>(text.size() - at, 16));
    switch (random.below(4)) {
      case 0: text.insert(at, 1, static_cast<char>(random.below(256))); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(random.below(text.size() + 1), 16)); break;
      default: {
        const std::string& other = corpus[random.below(corpus.size())];
        text.replace(at, length, other.substr(random.below(other.size() + 1), 16));
      }
    }
  }
  return text;
}

std::string random_bytes(Random& random) {
  std::string text(random.below(64), '\0');
  for (char& byte : text) byte = static_cast<char>(random.below(256));
  return text;
}

}  // namespace

extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

int main(int count, char** arguments) {
  unsigned long changes = 0, randoms = 0;
  std::vector<fs::path> paths;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--changes" && i + 1 < count)
      changes = std::strtoul(arguments[++i], nullptr, 10);
    else if (argument == "--random" && i + 1 < count)
      randoms = std::strtoul(arguments[++i], nullptr, 10);
    else
      paths.emplace_back(argument);
  }
  const std::vector<std::string> corpus = corpus_of(paths);
  if (corpus.empty()) {
    std::fprintf(stderr, "replay: the corpus is empty\n");
    return 2;
  }
  if (__sanitizer_set_death_callback)
    __sanitizer_set_death_callback(keep_current);
  else
    std::signal(SIGSEGV, end_by);
  std::signal(SIGABRT, end_by);
  for (const std::string& input : corpus) run(input);
  Random random;
  for (unsigned long i = 0; i < changes; ++i) run(changed(corpus[random.below(corpus.size())], corpus, random));
  for (unsigned long i = 0; i < randoms; ++i) run(random_bytes(random));
  std::printf("%zu inputs, %lu changed ones, %lu of random bytes\n", corpus.size(), changes, randoms);
  return 0;
}
