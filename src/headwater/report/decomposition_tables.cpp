// Decompositions as text: the members of a triplet side by side, then the parts of each with intervals and shares.
#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

std::string paragraph(const std::string& note) { return note.empty() ? "" : wrapped(note); }

std::string footer(const Tree& node) {
  std::string out = wrapped(frame_note(node)) + decomposition_extras(node) + paragraph(no_shares_note(node));
  for (const std::string& note : decomposition_notes(node)) out += wrapped(note, 2);
  return out;
}

std::string parts_text(const Tree& node) {
  return paragraph(explained_note(node)) + "\n" + text_table(parts_grid(node)).text() + footer(node);
}

std::string one(const Tree& node, const std::string& fit) {
  return heading(text_attribute(node, "method") + " (" + fit + ")") + wrapped(text_attribute(node, "question")) +
         parts_text(node);
}

// A row a group, a column a part, errors in brackets under the estimates.
std::string by_group(const std::vector<Tree>& nodes, std::size_t from, std::size_t count, const std::string& fit) {
  const Tree& first = nodes[from];
  return heading(text_attribute(first, "method") + " by " + text_attribute(first, "choice.by") + " (" + fit + ")") +
         text_table(group_grid(nodes, from, count)).text() +
         wrapped("In " + text_attribute(first, "unit") +
                 ", standard errors in brackets. Uncertainty: " + text_attribute(first, "frame") + ".");
}

std::string model_name(const std::string& fit) { return fit.substr(0, fit.rfind('.')); }

std::string triplet(const std::vector<const Tree*>& members) {
  std::string out;
  for (std::size_t k = 0; k < members.front()->children.size(); ++k) {
    if (const std::size_t groups = groups_at(members.back()->children, k)) {
      out += by_group(members.back()->children, k, groups, members.back()->name);
      k += groups - 1;
      continue;
    }
    std::vector<const Tree*> nodes;
    for (const Tree* member : members) nodes.push_back(&member->children[k]);
    const Tree& ratio = *nodes.back();
    if (additive(ratio))
      out += heading(text_attribute(ratio, "method") + " (" + model_name(members.back()->name) + ")") +
             wrapped(text_attribute(ratio, "question")) + "\n" + text_table(triplet_grid(nodes)).text() +
             "Standard errors in brackets. The same for the ratio alone, with intervals:\n\n" + parts_text(ratio);
    else
      for (std::size_t i = 0; i < nodes.size(); ++i) out += one(*nodes[i], members[i]->name);
  }
  return out;
}

}  // namespace

std::string decomposition_tables(const Tree& result) {
  const Tree* all = result.find_child("decompositions");
  if (!all) return "";
  std::string out;
  for (std::size_t fit = 0; fit < all->children.size(); ++fit) {
    if (const std::vector<const Tree*> members = triplet_at(result, *all, fit); !members.empty()) {
      out += triplet(members);
      fit += 2;
      continue;
    }
    const std::vector<Tree>& nodes = all->children[fit].children;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const std::size_t groups = groups_at(nodes, k);
      out += groups > 0 ? by_group(nodes, k, groups, all->children[fit].name) : one(nodes[k], all->children[fit].name);
      if (groups > 0) k += groups - 1;
    }
  }
  return out;
}

}  // namespace headwater
