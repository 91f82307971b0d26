// Why does a figure differ between two runs: because the data were revised, because other rows are used, or because the
// model is another one?
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// A result file with its name in messages, and where its data file lies when it has moved ("": where it was).
struct ComparedResult {
  std::string name;
  const Tree* result;
  std::string data;
};

// Fits the models of both anew on the data that the results name, by path and SHA-256, and splits the change of every
// coefficient and of every component of the decompositions that both have. `fit` is one fit ("": those of one name in
// both, or the only one of each), or FIRST=SECOND. Attributes first, second; one child for each pair of fits below
// "fits", as describe_comparison() lists it. Throws Error{usage | data, "compare.*"}.
Tree compare(const ComparedResult& first, const ComparedResult& second, const std::string& fit);

}  // namespace headwater
