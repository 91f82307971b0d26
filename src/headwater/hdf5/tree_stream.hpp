// A tree, or the error that came instead, as bytes from one process to another of the same program.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/labelled.hpp"

namespace headwater::hdf5 {

// Writes into a pipe; what does not get through is the receiver's to notice.
class Sender {
 public:
  explicit Sender(int descriptor) : descriptor_(descriptor) {}

  void put(const Tree& tree);
  void put(const Error& error);
  // The rest of what was put, and the mark of the end. False when something did not get through.
  bool finish();

 private:
  void bytes(const void* from, std::size_t size);
  void flush();
  template <class T>
  requires std::is_arithmetic_v<T>
  void put(T value) { bytes(&value, sizeof value); }
  void put(const std::string& text);
  template <class T>
  void put(const std::vector<T>& items);
  template <class... T>
  void put(const std::variant<T...>& value);
  template <class T>
  void put(const std::optional<T>& value);
  void put(const Axis& axis);
  void put(const LabelledArray& array);

  int descriptor_;
  bool whole_ = true;
  std::string waiting_;
};

// The stream ended early, or holds what no Sender sends; `system_error` is the errno of a read that failed.
struct BrokenStream {
  int system_error = 0;
};

// Reads from a pipe. Nothing in the stream is trusted: memory is set aside as bytes arrive.
class Receiver {
 public:
  explicit Receiver(int descriptor) : descriptor_(descriptor) {}

  // The tree, once the whole stream is there. Throws what the sender sent instead, or BrokenStream.
  Tree result();

 private:
  void bytes(void* to, std::size_t size);
  [[noreturn]] void raise();
  template <class T>
  requires std::is_arithmetic_v<T>
  void take(T& value) { bytes(&value, sizeof value); }
  template <class T>
  void take_plain(T& items);
  void take(std::string& text);
  template <class T>
  void take(std::vector<T>& items);
  template <class... T>
  void take(std::variant<T...>& value);
  template <class T>
  void take(std::optional<T>& value);
  void take(Axis& axis);
  void take(LabelledArray& array);
  void take(Tree& tree);
  template <class T>
  T taken() {
    T value{};
    take(value);
    return value;
  }

  int descriptor_;
  int level_ = 0;
  std::string arrived_;
  std::size_t at_ = 0;
};

}  // namespace headwater::hdf5
