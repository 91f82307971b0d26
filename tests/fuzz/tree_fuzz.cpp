// Changed result trees behind the hash: what the schema refuses is refused, what it takes is shown, tabled, reported,
// contrasted and written as JSON. Only an Error may come of it.
#include <cstdio>
#include <cstdlib>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/grid_book.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/payload.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/contrast.hpp"
#include "study.hpp"
#include "tree_mutator.hpp"

namespace headwater::fuzz {
namespace {

// Says at the end how many trees went past the schema.
struct Count {
  unsigned long made = 0, taken = 0;
  ~Count() { std::fprintf(stderr, "%lu of %lu trees were taken\n", taken, made); }
};

template <class Use>
void may_fail(const Use& use) {
  try {
    use();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
}

void show(const Tree& result) {
  may_fail([&] { text_report(result, {.stars = true}); });
  may_fail([&] { check_report(result); });
  may_fail([&] { csv_coefficients(result); });
  may_fail([&] { csv_decompositions(result); });
  may_fail([&] { fits_json(result); });
  may_fail([&] { decompositions_json(result); });
}

void table(const Tree& result) {
  may_fail([&] {
    const GridBook book = grid_book(result, {.stars = true});
    markdown_tables(book);
    latex_tables(book);
    html_tables(book);
  });
  may_fail([&] { csv_tables(result, TableWhat::all); });
}

void report(const Tree& result) {
  Captions captions;
  for (const CaptionKey& key : caption_keys())
    if (key.required) captions[key.name] = "words";
  for (const Audience audience : {Audience::publish, Audience::internal})
    may_fail([&] { report_payload(result, audience, captions); });
}

void contrasts(const Tree& result) {
  const Tree* const fits = result.find_child("decompositions");
  if (!fits) return;
  for (const Tree& fit : fits->children)
    for (const Tree& node : fit.children) {
      const Axis* const axis = node.find_axis("component");
      if (!axis || axis->size() == 0) continue;
      const auto& names = labels(node, "component");
      const std::string path = fit.name + "/" + node.name + ":";
      may_fail([&] { contrast(result, path + names.front() + " - " + path + names.back()); });
      may_fail([&] { contrast(result, path + "total = 0"); });
      may_fail([&] { contrast(result, "share(" + path + names.front() + ")"); });
      for (const Tree& other : fit.children)
        may_fail([&] {
          contrast(result, path + names.front() + " - " + fit.name + "/" + other.name + ":" + names.front());
        });
    }
}

}  // namespace
}  // namespace headwater::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  fuzz::Bytes bytes(data, size);
  Tree tree = bytes.among(fuzz::study());
  fuzz::mutate(tree, bytes);
  static fuzz::Count count;
  ++count.made;
  try {
    check_result(tree, "mutated");
  } catch (const Error&) {
    return 0;
  }
  ++count.taken;
  fuzz::show(tree);
  fuzz::table(tree);
  fuzz::report(tree);
  fuzz::contrasts(tree);
  return 0;
}
