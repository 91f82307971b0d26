#include "headwater/absorption/components.hpp"

#include <numeric>

namespace headwater {
namespace {

class UnionFind {
 public:
  explicit UnionFind(Index count) : parent_(static_cast<std::size_t>(count)) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  std::int32_t root(std::int32_t i) {
    while (parent(i) != i) i = parent(i) = parent(parent(i));
    return i;
  }
  void join(std::int32_t a, std::int32_t b) { parent(root(a)) = root(b); }

 private:
  std::int32_t& parent(std::int32_t i) { return parent_[static_cast<std::size_t>(i)]; }
  std::vector<std::int32_t> parent_;
};

}  // namespace

// A level of the first effect is remembered by the level of the second that it met last, so only those of the second
// are joined.
Components components(const EffectColumns& first, const EffectColumns& second) {
  UnionFind graph(second.levels());
  std::vector<std::int32_t> met(static_cast<std::size_t>(first.levels()), -1);
  for (std::size_t i = 0; i < first.code().size(); ++i) {
    std::int32_t& last = met[static_cast<std::size_t>(first.code()[i])];
    if (last >= 0 && last != second.code()[i]) graph.join(last, second.code()[i]);
    last = second.code()[i];
  }
  Components result;
  std::vector<std::int32_t> number(static_cast<std::size_t>(second.levels()), -1);
  for (std::int32_t level = 0; level < second.levels(); ++level) {
    std::int32_t& own = number[static_cast<std::size_t>(graph.root(level))];
    if (own < 0) own = static_cast<std::int32_t>(result.count++);
    result.of_level.push_back(own);
  }
  return result;
}

}  // namespace headwater
