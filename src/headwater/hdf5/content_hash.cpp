// Canonical serialisation: every item is a tag, its length and its bytes, little-endian, in the order of the tree.
#include <bit>
#include <cstring>

#include "headwater/core/hash.hpp"
#include "headwater/hdf5/tree_file.hpp"

namespace headwater {
namespace {

static_assert(std::endian::native == std::endian::little, "the canonical serialisation is little-endian");

class Serialiser {
 public:
  void add(std::int64_t number) { hash_.add(&number, sizeof number); }
  void add(double number) { hash_.add(&number, sizeof number); }
  void add(const std::string& text) {
    add(static_cast<std::int64_t>(text.size()));
    hash_.add(text.data(), text.size());
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(static_cast<std::int64_t>(values.size()));
    if constexpr (std::is_same_v<T, std::string>)
      for (const T& value : values) add(value);
    else
      hash_.add(values.data(), values.size() * sizeof(T));
  }
  template <class... T>
  void add(const std::variant<T...>& value) {
    add(static_cast<std::int64_t>(value.index()));
    std::visit([this](const auto& content) { this->add(content); }, value);
  }

  void add(const Tree& tree, bool root) {
    add(root ? std::string() : tree.name);
    for (const auto& [key, value] : tree.attributes) {
      if (root && (key == "complete" || key == "content_sha256")) continue;
      add(key);
      add(value);
    }
    add(static_cast<std::int64_t>(tree.axes.size()));
    for (const Axis& axis : tree.axes) {
      add(axis.name);
      add(axis.labels);
      add(axis.description);
    }
    add(static_cast<std::int64_t>(tree.arrays.size()));
    for (const LabelledArray& array : tree.arrays) {
      add(array.name);
      add(array.dims);
      add(array.shape);
      add(array.values);
      add(array.description);
      add(array.unit);
    }
    add(static_cast<std::int64_t>(tree.children.size()));
    for (const Tree& child : tree.children) add(child, false);
  }

  std::string finish() { return hash_.hexadecimal(); }

 private:
  Sha256 hash_;
};

}  // namespace

std::string content_sha256(const Tree& tree) {
  Serialiser serialiser;
  serialiser.add(tree, true);
  return serialiser.finish();
}

}  // namespace headwater
