// What a fuzzer gives, read as choices; when it is used up every further choice is the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace headwater::fuzz {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  bool done() const { return at_ >= size_; }
  std::size_t below(std::size_t count) {
    if (count < 2) return 0;
    std::size_t value = byte();
    if (count > 256) value = value << 8 | byte();
    return value % count;
  }
  std::uint8_t byte() { return done() ? 0 : data_[at_++]; }
  template <class T>
  const T& among(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  std::string rest() {
    std::string text(reinterpret_cast<const char*>(data_ + at_), size_ - at_);
    at_ = size_;
    return text;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
};

}  // namespace headwater::fuzz

// One target a file; libFuzzer calls it, and so does replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
