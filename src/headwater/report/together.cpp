// Several results as one, so that their models stand side by side in a table.
#include <algorithm>
#include <filesystem>

#include "headwater/core/text.hpp"
#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

bool has_fit(const Tree& all, const std::string& name) {
  const Tree* fits = all.find_child("fits");
  return fits && fits->find_child(name) != nullptr;
}

// Its fits under names that `all` does not have.
void rename_fits(Tree& result, const std::string& label, const Tree& all) {
  Tree& fits = result.child("fits");
  const bool taken =
      std::any_of(fits.children.begin(), fits.children.end(), [&](const Tree& fit) { return has_fit(all, fit.name); });
  if (!taken) return;
  for (Tree& fit : fits.children) {
    fit.name = label + "." + fit.name;
    fit.attribute("model", label + "." + text_attribute(fit, "model"));
  }
  if (!result.find_child("decompositions")) return;
  for (Tree& group : result.child("decompositions").children) {
    group.name = label + "." + group.name;
    for (Tree& node : group.children) node.attribute("fit", group.name);
  }
}

void append_children(Tree& all, Tree& more, const char* group) {
  if (!more.find_child(group)) return;
  for (Tree& child : more.child(group).children) all.child(group).children.push_back(std::move(child));
}

std::string file_name(const Tree& result) {
  const Tree* data = result.find_child("data");
  return data ? std::filesystem::path(text_attribute(*data, "file")).filename().string() : "";
}

void add_file(std::vector<std::string>& files, const std::string& file) {
  if (!file.empty() && std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
}

}  // namespace

Tree together(std::vector<LabelledResult> results) {
  Tree all = std::move(results.front().result);
  if (results.size() == 1) return all;
  std::vector<std::string> files;
  add_file(files, file_name(all));
  for (std::size_t i = 1; i < results.size(); ++i) {
    Tree& result = results[i].result;
    rename_fits(result, results[i].label, all);
    append_children(all, result, "fits");
    append_children(all, result, "decompositions");
    add_file(files, file_name(result));
    if (!simulated_notice(result).empty()) all.attribute("simulated", std::int64_t{1});
    const Tree* run = result.find_child("run");
    const std::string names = run ? text_attribute(*run, "report.names") : "";
    if (!names.empty())
      all.child("run").attribute("report.names", text_attribute(all.child("run"), "report.names") + ";" + names);
  }
  all.child("data").attribute("file", joined(files, ", "));
  return all;
}

}  // namespace headwater
