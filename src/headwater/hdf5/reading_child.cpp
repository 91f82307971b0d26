#include "headwater/hdf5/reading_child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <optional>

#include "headwater/core/child_process.hpp"
#include "headwater/core/error.hpp"
#include "headwater/hdf5/handle.hpp"
#include "headwater/hdf5/inspection.hpp"
#include "headwater/hdf5/tree_stream.hpp"

namespace headwater::hdf5 {
namespace {

constexpr rlim_t kSeconds = 10;
constexpr std::uint64_t kBytesASecond = 1 << 20;  // a hundredth of what is read in truth
constexpr int kPipeBytes = 1 << 20;

rlim_t seconds_for(std::uint64_t file_bytes) { return kSeconds + file_bytes / kBytesASecond; }

struct Pipe {
  int from = -1, to = -1;

  explicit Pipe(const std::string& path) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) cannot_read(path, errno);
    from = ends[0];
    to = ends[1];
    ::fcntl(to, F_SETPIPE_SZ, kPipeBytes);  // fewer turns; smaller is as good
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(from);
    close_to();
  }
  void close_to() {
    if (to >= 0) ::close(to);
    to = -1;
  }
};

void answer(Sender& sender, const std::function<Tree()>& read) {
  try {
    sender.put(read());
  } catch (const Error& error) {
    sender.put(error);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    sender.put(Error(ErrorKind::internal, "internal.unexpected", error.what()));
  }
}

// Nothing of the parent's may run in the child, so it ends here whatever happens.
[[noreturn]] void be_the_child(int to, const std::function<Tree()>& read) {
  try {
    Sender sender(to);
    answer(sender, read);
    if (sender.finish()) ::_exit(0);
  } catch (...) {  // no memory
  }
  ::_exit(exit_code(ErrorKind::internal));
}

// The child left without an answer.
[[noreturn]] void lost(std::optional<int> status, const std::string& path, const ReadAs& as, rlim_t seconds) {
  if (status && (WIFEXITED(*status) || WTERMSIG(*status) == SIGKILL)) throw std::bad_alloc();
  const int signal = status ? WTERMSIG(*status) : 0;
  if (signal == SIGXCPU)
    throw Error(ErrorKind::data, as.codes + ".endless",
                path + " is not read after " + std::to_string(seconds) +
                    " s, which is far more than its size warrants; the file is damaged or made to go on for ever, "
                    "write it again",
                {.file = path});
  throw Error(
      ErrorKind::data, as.codes + ".damaged",
      path + " cannot be read as " + as.what + " (" +
          (signal > 0 ? std::string("the library ended by ") + ::strsignal(signal) : "the library ended early") +
          "); the file is damaged or made to do harm, write it again",
      {.file = path});
}

pid_t fork_with_the_library_at_rest() {
  const Session nobody_else;
  return ::fork();
}

}  // namespace

Tree read_apart(const std::string& path, std::uint64_t file_bytes, const ReadAs& as,
                const std::function<Tree()>& read) {
  Pipe pipe(path);
  const rlim_t seconds = seconds_for(file_bytes);
  const pid_t process = fork_with_the_library_at_rest();
  if (process < 0) cannot_read(path, errno);
  if (process == 0) {
    become_child(seconds);
    be_the_child(pipe.to, read);
  }
  ChildProcess child(process);
  pipe.close_to();
  try {
    Tree tree = Receiver(pipe.from).result();
    child.wait();
    return tree;
  } catch (const BrokenStream& broken) {
    if (broken.system_error != 0) cannot_read(path, broken.system_error);
    lost(child.wait(), path, as, seconds);
  }
}

}  // namespace headwater::hdf5
