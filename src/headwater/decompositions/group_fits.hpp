// One regression for each of two groups of rows and the reference regressions between them, in terms of all levels of
// all factors, with the influence of every compared row. What oaxaca and its kin are made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "headwater/decompositions/all_levels.hpp"
#include "headwater/decompositions/group_numbers.hpp"
#include "headwater/decompositions/groups.hpp"

namespace headwater {

struct GroupUncertainty {
  bool means_drawn = true;  // row weights of means carry influence
  std::string
      leverage;  // the rule that adjusts the coefficients' influence in each group, which then has its own factor;
                 // "": none
};

class GroupFits {
 public:
  // `columns` are the regressors offered, in order: those of the design, or all. Throws Error{identification,
  // "decomposition.no_support"} naming what has no counterpart in the other group.
  GroupFits(const Panel& panel, const Design& rows, const AllLevels& regressors, const std::vector<Index>& columns,
            const TwoGroups& groups, const GroupUncertainty& uncertainty);

  const Design& rows() const { return *rows_; }
  const AllLevels& regressors() const { return *regressors_; }
  Vector share(bool of_a) const { return of_a ? share_a_ : share_b_; }  // weights of the group's mean, zero elsewhere
  const Vector& means(bool of_a) const { return means_[of_a ? 0 : 1]->value; }
  const GroupCoefficients& own(bool of_a) const { return *own_[of_a ? 0 : 1]; }
  // Positions among the regressors of what each regression of a group identifies.
  const std::vector<Index>& regressed() const { return regressed_; }
  const std::vector<bool>& identified() const { return identified_; }  // K: in both groups, by some parametrisation
  const std::vector<NotIdentified>& not_identified() const { return not_identified_; }
  double mass_share() const { return mass_share_; }  // of a: Cotton's

  // With a reference: "a", "b", "half", "cotton" (weighted by rows), "neumark" (one regression for both), "jann" (with
  // a dummy). Atoms are rows.
  GroupNumbers numbers(const std::string& reference) const;
  // Influence on the group's mean outcome: with means as drawn, or given regressors.
  Vector outcome_influence(bool of_a) const;

 private:
  struct Fitted;
  Fitted fit(const std::vector<Index>& positions, bool dummy, const std::string& whose) const;
  GroupCoefficients in_deviation(const Fitted& fitted, const std::vector<Index>& positions, const Vector& share) const;
  GroupCoefficients pooled(bool dummy) const;
  GroupMeans means_of(const Vector& share) const;

  const Panel* panel_;
  std::shared_ptr<const Design> rows_;
  std::shared_ptr<const AllLevels> regressors_;
  std::vector<Index> columns_;
  const TwoGroups& groups_;
  GroupUncertainty uncertainty_;
  Vector row_factor_;  // n: on the influence of each row
  Vector share_a_, share_b_;
  double mass_share_ = 0;
  std::array<std::shared_ptr<const GroupMeans>, 2> means_;       // of a, of b
  std::array<std::shared_ptr<const GroupCoefficients>, 2> own_;  // likewise
  std::vector<Index> regressed_;
  std::vector<bool> identified_;
  std::vector<NotIdentified> not_identified_;
};

// How far the groups overlap in each regressor: shares of a's rows within b's range and the reverse, and the difference
// of means in pooled standard deviations; levels: the smaller group share over the larger.
struct Overlap {
  Vector a_in_b, b_in_a, normalised_difference;  // K
};
Overlap overlap_of(const GroupFits& fits);
// A warning for regressors whose groups hardly overlap.
void note_overlap(Notes& notes, const GroupFits& fits, const Overlap& overlap);

}  // namespace headwater
