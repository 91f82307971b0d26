// A result in small pieces.
#pragma once

#include "study.hpp"

namespace headwater::fuzz {

// One tree for each fit with its first two decompositions, and one for each further decomposition.
inline std::vector<Tree> apart(const Tree& result) {
  std::vector<Tree> pieces;
  const Tree* const decompositions = result.find_child("decompositions");
  for (const Tree& fit : result.find_child("fits")->children) {
    Tree lead = result;
    std::erase_if(lead.children, [](const Tree& child) {
      return child.name == "fits" || child.name == "decompositions" || child.name == "comparison";
    });
    lead.child("fits").children = {fit};
    const Tree* const own = decompositions ? decompositions->find_child(fit.name) : nullptr;
    if (!own) {
      pieces.push_back(lead);
      continue;
    }
    for (std::size_t i = 0; i < own->children.size(); ++i) {
      Tree piece = lead;
      Tree& into = piece.child("decompositions").child(fit.name);
      into.children.push_back(own->children[i]);
      if (i == 0 && own->children.size() > 1) into.children.push_back(own->children[++i]);
      pieces.push_back(std::move(piece));
    }
  }
  Tree whole = result;
  std::erase_if(whole.children, [](const Tree& child) { return child.name == "decompositions"; });
  pieces.push_back(std::move(whole));
  return pieces;
}

}  // namespace headwater::fuzz
