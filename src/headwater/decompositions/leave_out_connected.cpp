// The leave-out connected set: take out first units whose leaving would cut the graph of pairs in two (its articulation
// points) and keep the largest component, until none is left (Kline, Saggio and Sølvsten 2020, appendix).
#include <algorithm>
#include <map>

#include "headwater/decompositions/two_way.hpp"

namespace headwater {
namespace {

using Neighbours = std::vector<std::vector<Index>>;

// Component of each node by breadth-first search; -1 where `alive` is false.
std::vector<int> components(const Neighbours& next, const std::vector<bool>& alive) {
  std::vector<int> component(next.size(), -1);
  int count = 0;
  std::vector<Index> queue;
  for (std::size_t start = 0; start < next.size(); ++start) {
    if (!alive[start] || component[start] >= 0) continue;
    queue.assign(1, static_cast<Index>(start));
    component[start] = count;
    while (!queue.empty()) {
      const auto at = static_cast<std::size_t>(queue.back());
      queue.pop_back();
      for (const Index neighbour : next[at]) {
        const auto to = static_cast<std::size_t>(neighbour);
        if (!alive[to] || component[to] >= 0) continue;
        component[to] = count;
        queue.push_back(neighbour);
      }
    }
    ++count;
  }
  return component;
}

// Articulation points (Tarjan), without recursion.
std::vector<bool> articulations(const Neighbours& next, const std::vector<bool>& alive) {
  const std::size_t n = next.size();
  std::vector<Index> order(n, -1), low(n, 0), parent(n, -1), at(n, 0);
  std::vector<bool> cut(n, false);
  Index clock = 0;
  for (std::size_t root = 0; root < n; ++root) {
    if (!alive[root] || order[root] >= 0) continue;
    std::vector<std::size_t> stack{root};
    order[root] = low[root] = clock++;
    int root_children = 0;
    while (!stack.empty()) {
      const std::size_t v = stack.back();
      if (at[v] < static_cast<Index>(next[v].size())) {
        const auto u = static_cast<std::size_t>(next[v][static_cast<std::size_t>(at[v]++)]);
        if (!alive[u]) continue;
        if (order[u] < 0) {
          parent[u] = static_cast<Index>(v);
          order[u] = low[u] = clock++;
          if (v == root) ++root_children;
          stack.push_back(u);
        } else if (static_cast<Index>(u) != parent[v]) {
          low[v] = std::min(low[v], order[u]);
        }
        continue;
      }
      stack.pop_back();
      if (stack.empty()) break;
      const std::size_t up = stack.back();
      low[up] = std::min(low[up], low[v]);
      if (up != root && low[v] >= order[up]) cut[up] = true;
    }
    if (root_children > 1) cut[root] = true;
  }
  return cut;
}

// Pairs as a bipartite graph: first units, then second units.
Neighbours graph_of(const Grouping& first, const Grouping& second) {
  Neighbours next(static_cast<std::size_t>(first.count + second.count));
  for (std::size_t i = 0; i < first.code.size(); ++i) {
    next[static_cast<std::size_t>(first.code[i])].push_back(first.count + second.code[i]);
    next[static_cast<std::size_t>(first.count + second.code[i])].push_back(first.code[i]);
  }
  for (auto& list : next) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return next;
}

// Keeps the component with most rows.
void keep_largest(const Neighbours& next, const Grouping& first, std::vector<bool>& alive) {
  const std::vector<int> component = components(next, alive);
  std::map<int, Index> rows;
  for (const std::int32_t code : first.code)
    if (component[static_cast<std::size_t>(code)] >= 0) ++rows[component[static_cast<std::size_t>(code)]];
  int best = -1;
  for (const auto& [which, count] : rows)
    if (best < 0 || count > rows[best]) best = which;
  for (std::size_t node = 0; node < alive.size(); ++node) alive[node] = alive[node] && component[node] == best;
}

}  // namespace

std::vector<bool> leave_out_connected(const Grouping& first, const Grouping& second) {
  const Neighbours next = graph_of(first, second);
  std::vector<bool> alive(next.size(), true);
  keep_largest(next, first, alive);
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<bool> moving = alive;  // first units with one partner cannot disconnect anything
    for (std::int32_t i = 0; i < first.count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (next[at].size() < 2) moving[at] = false;
    }
    const std::vector<bool> cut = articulations(next, moving);
    for (std::int32_t i = 0; i < first.count; ++i)
      if (cut[static_cast<std::size_t>(i)]) {
        alive[static_cast<std::size_t>(i)] = false;
        changed = true;
      }
    if (changed) keep_largest(next, first, alive);
  }
  std::vector<Index> rows(static_cast<std::size_t>(first.count), 0);
  for (const std::int32_t code : first.code) ++rows[static_cast<std::size_t>(code)];
  std::vector<bool> keep;
  for (std::size_t i = 0; i < first.code.size(); ++i) {
    const auto a = static_cast<std::size_t>(first.code[i]), b = static_cast<std::size_t>(first.count + second.code[i]);
    keep.push_back(alive[a] && alive[b] && rows[a] > 1);
  }
  return keep;
}

}  // namespace headwater
