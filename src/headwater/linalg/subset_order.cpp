#include "headwater/linalg/subset_order.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "headwater/core/error.hpp"

namespace headwater::subsets {
namespace {

void refuse_many(std::size_t groups) {
  if (groups <= static_cast<std::size_t>(kMostPlayers)) return;
  throw Error(ErrorKind::usage, "subsets.too_many",
              std::to_string(groups) + " groups make 2^" + std::to_string(groups) +
                  " coalitions, above the limit of 2^" + std::to_string(kMostPlayers) + "; join some groups");
}

}  // namespace

Stack stacked(const SubsetGame& game) {
  const std::size_t inner = game.players.size(), all = inner + game.around.size();
  refuse_many(all);
  const auto columns_of = [&](int player) -> const std::vector<Index>& {
    const auto at = static_cast<std::size_t>(player);
    return at < inner ? game.players[at] : game.around[at - inner];
  };
  Stack stack;
  stack.players = static_cast<int>(inner);
  stack.player.resize(all);
  std::iota(stack.player.begin(), stack.player.end(), 0);
  std::stable_sort(stack.player.begin(), stack.player.end(), [&](int a, int b) {
    const bool a_around = a >= stack.players, b_around = b >= stack.players;
    return a_around != b_around ? b_around : columns_of(a).size() < columns_of(b).size();
  });
  const Index y = game.moments.rows() - 1;
  stack.column.push_back(y);
  for (const int player : stack.player) {
    const std::vector<Index>& own = columns_of(player);
    stack.below.push_back(stack.columns());
    stack.width.push_back(static_cast<int>(own.size()));
    stack.column.insert(stack.column.end(), own.begin(), own.end());
  }
  stack.moments.resize(packed_size(stack.columns()));
  for (int i = 0; i <= stack.columns(); ++i) {
    const Index row = stack.column[static_cast<std::size_t>(i)];
    stack.threshold.push_back(kRedundant * game.moments(row, row));
    for (int j = 0; j <= i; ++j)
      stack.moments[row_at(i) + static_cast<std::size_t>(j)] =
          game.moments(row, stack.column[static_cast<std::size_t>(j)]);
  }
  stack.total = game.moments(y, y);
  return stack;
}

}  // namespace headwater::subsets
