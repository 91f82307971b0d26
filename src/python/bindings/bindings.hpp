// The extension module headwater._core: one function a file adds its part.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>

#include "headwater/core/labelled.hpp"

namespace headwater::python {

// A node of a result; it keeps the whole tree alive, so that arrays are views and nothing is copied.
struct Node {
  std::shared_ptr<const Tree> tree;
};

void bind_errors(nanobind::module_& module);
void bind_tree(nanobind::module_& module);
void bind_run(nanobind::module_& module);
void bind_report(nanobind::module_& module);
void bind_methods(nanobind::module_& module);

}  // namespace headwater::python
