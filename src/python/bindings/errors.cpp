// headwater::Error -> headwater.HeadwaterError, with the same text and fields.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include "bindings.hpp"
#include "headwater/core/error.hpp"

namespace nb = nanobind;

namespace headwater::python {
namespace {

void raise(const Error& error) {
  const nb::object type = nb::module_::import_("headwater.errors").attr("HeadwaterError");
  const Place& place = error.place();
  const nb::object value = type(error.message(), nb::arg("kind") = name(error.kind()), nb::arg("code") = error.code(),
                                nb::arg("file") = place.file, nb::arg("row") = place.row,
                                nb::arg("column") = place.column, nb::arg("key") = place.key);
  PyErr_SetObject(type.ptr(), value.ptr());
}

}  // namespace

void bind_errors(nb::module_&) {
  nb::register_exception_translator([](const std::exception_ptr& pointer, void*) {
    try {
      std::rethrow_exception(pointer);
    } catch (const Error& error) {
      raise(error);
    }
  });
}

}  // namespace headwater::python
