#include "bindings.hpp"
#include "headwater/version.hpp"

NB_MODULE(_core, module) {
  using namespace headwater;
  module.doc() = "The compiled part of headwater. Use the package; names here may change.";
  module.attr("version") = kVersion;
  module.attr("git_hash") = kGitHash;
  python::bind_errors(module);
  python::bind_tree(module);
  python::bind_run(module);
  python::bind_report(module);
  python::bind_methods(module);
}
