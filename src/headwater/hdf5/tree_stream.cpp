#include "headwater/hdf5/tree_stream.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace headwater::hdf5 {
namespace {

constexpr std::size_t kBuffer = 1 << 16;
constexpr std::size_t kSetAside = 1 << 20;  // bytes that are set aside before as many have arrived
constexpr int kDeepest = 64;
constexpr std::uint8_t kTree = 'T', kError = 'E', kEnd = '.';

}  // namespace

void Sender::flush() {
  for (std::size_t at = 0; whole_ && at < waiting_.size();) {
    const ssize_t sent = ::write(descriptor_, waiting_.data() + at, waiting_.size() - at);
    if (sent > 0)
      at += static_cast<std::size_t>(sent);
    else
      whole_ = sent < 0 && errno == EINTR;
  }
  waiting_.clear();
}

void Sender::bytes(const void* from, std::size_t size) {
  waiting_.append(static_cast<const char*>(from), size);
  if (waiting_.size() >= kBuffer) flush();
}

void Sender::put(const std::string& text) {
  put(text.size());
  bytes(text.data(), text.size());
}

template <class T>
void Sender::put(const std::vector<T>& items) {
  put(items.size());
  if constexpr (std::is_arithmetic_v<T>)
    bytes(items.data(), items.size() * sizeof(T));
  else
    for (const T& item : items) put(item);
}

template <class... T>
void Sender::put(const std::variant<T...>& value) {
  put(static_cast<std::uint8_t>(value.index()));
  std::visit([this](const auto& held) { this->put(held); }, value);
}

template <class T>
void Sender::put(const std::optional<T>& value) {
  put(static_cast<std::uint8_t>(value.has_value()));
  if (value) put(*value);
}

void Sender::put(const Axis& axis) {
  put(axis.name);
  put(axis.labels);
  put(axis.description);
}

void Sender::put(const LabelledArray& array) {
  put(array.name);
  put(array.dims);
  put(array.shape);
  put(array.values);
  put(array.description);
  put(array.unit);
}

void Sender::put(const Tree& tree) {
  put(kTree);
  put(tree.name);
  put(tree.attributes.size());
  for (const auto& [key, value] : tree.attributes) {
    put(key);
    put(value);
  }
  put(tree.axes);
  put(tree.arrays);
  put(tree.children);
}

void Sender::put(const Error& error) {
  put(kError);
  put(static_cast<std::uint8_t>(error.kind()));
  put(error.code());
  put(error.message());
  put(error.place().file);
  put(error.place().row);
  put(error.place().column);
  put(error.place().key);
}

bool Sender::finish() {
  put(kEnd);
  flush();
  return whole_;
}

void Receiver::bytes(void* to, std::size_t size) {
  char* place = static_cast<char*>(to);
  while (size > 0) {
    if (at_ == arrived_.size()) {
      arrived_.resize(kBuffer);
      const ssize_t got = ::read(descriptor_, arrived_.data(), arrived_.size());
      const int error = errno;
      arrived_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      at_ = 0;
      if (got < 0 && error == EINTR) continue;
      if (got <= 0) throw BrokenStream{got < 0 ? error : 0};
    }
    const std::size_t part = std::min(size, arrived_.size() - at_);
    std::memcpy(place, arrived_.data() + at_, part);
    at_ += part;
    place += part;
    size -= part;
  }
}

template <class T>
void Receiver::take_plain(T& items) {
  constexpr std::size_t kItem = sizeof(typename T::value_type);
  const auto count = taken<std::size_t>();
  for (std::size_t at = 0; at < count;) {
    const std::size_t next = std::min(count - at, std::max(at, kSetAside / kItem));
    items.resize(at + next);
    bytes(items.data() + at, next * kItem);
    at += next;
  }
}

void Receiver::take(std::string& text) { take_plain(text); }

template <class T>
void Receiver::take(std::vector<T>& items) {
  if constexpr (std::is_arithmetic_v<T>)
    take_plain(items);
  else
    for (auto left = taken<std::size_t>(); left > 0; --left) {
      items.emplace_back();
      take(items.back());
    }
}

template <class... T>
void Receiver::take(std::variant<T...>& value) {
  const auto index = taken<std::uint8_t>();
  std::uint8_t each = 0;
  const bool known = ((index == each++ ? (take(value.template emplace<T>()), true) : false) || ...);
  if (!known) throw BrokenStream{};
}

template <class T>
void Receiver::take(std::optional<T>& value) {
  if (taken<std::uint8_t>() != 0) take(value.emplace());
}

void Receiver::take(Axis& axis) {
  take(axis.name);
  take(axis.labels);
  take(axis.description);
}

void Receiver::take(LabelledArray& array) {
  take(array.name);
  take(array.dims);
  take(array.shape);
  take(array.values);
  take(array.description);
  take(array.unit);
}

void Receiver::take(Tree& tree) {
  if (taken<std::uint8_t>() != kTree || ++level_ > kDeepest) throw BrokenStream{};
  take(tree.name);
  for (auto left = taken<std::size_t>(); left > 0; --left) {
    auto key = taken<std::string>();
    take(tree.attributes[std::move(key)]);
  }
  take(tree.axes);
  take(tree.arrays);
  take(tree.children);
  --level_;
}

void Receiver::raise() {
  const auto kind = taken<std::uint8_t>();
  auto code = taken<std::string>(), message = taken<std::string>();
  Place place;
  take(place.file);
  take(place.row);
  take(place.column);
  take(place.key);
  if (kind > static_cast<std::uint8_t>(ErrorKind::internal) || taken<std::uint8_t>() != kEnd) throw BrokenStream{};
  throw Error(static_cast<ErrorKind>(kind), std::move(code), std::move(message), std::move(place));
}

Tree Receiver::result() {
  std::uint8_t first = 0;
  bytes(&first, 1);
  if (first == kError) raise();
  --at_;  // a tree begins with it
  Tree tree;
  take(tree);
  if (taken<std::uint8_t>() != kEnd) throw BrokenStream{};
  return tree;
}

}  // namespace headwater::hdf5
