// What a regressor counts for, as functions of the moments of (X, y): values with their derivatives in every moment.
#pragma once

#include "headwater/linalg/subsets.hpp"

namespace headwater {

MomentFunctions first_in(const SubsetGame& game);       // explained by the player alone
MomentFunctions last_in(const SubsetGame& game);        // lost when the player alone leaves
MomentFunctions squared_betas(const SubsetGame& game);  // b² var(x): single-column players
MomentFunctions pratt(const SubsetGame& game);          // b cov(x, y)
MomentFunctions car(const SubsetGame& game);            // squares of the decorrelated correlations R^(−1/2) r
MomentFunctions genizi(const SubsetGame& game);         // their squares led back by the squares of R^(1/2)
MomentFunctions pmvd(const SubsetGame& game);           // proportional value of the game dual to v

constexpr int kMostListed = 16;  // players whose 2^q coalitions are kept with their coefficients

// Every coalition of a game, by mask.
struct Coalitions {
  Vector explained;     // 2^q
  Matrix coefficients;  // (p + 1) × 2^q: (−b, 1), so that dv(T) = dA_yy − (−b, 1)' dA (−b, 1)
};
// Throws Error{usage, "subsets.too_many"} above kMostListed players.
Coalitions listed(const SubsetGame& game, const char* method);
// Numbers that are functions of the v(T): `values` and J (m × 2^q), their derivatives in v(T).
MomentFunctions of_coalitions(const Coalitions& all, Vector values, const Matrix& jacobian);

}  // namespace headwater
