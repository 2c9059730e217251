// "vars" and "${name}": values that a pipeline file leaves open.
#pragma once

#include "core/config/collector.hpp"
#include "core/config/value.hpp"

namespace slipway::config {

/// Takes "vars" out of the document and fills in "${name}" in all strings that files have written; "$${" becomes "${".
/// A string that is nothing but "${name}" becomes the variable's value, of whatever type, and stands where that was
/// written; within a longer one, strings, numbers, true and false can be. What the command line says stays as it is:
/// its own variables are the shell's. True where something that the command line gave a variable went into "exec": it
/// may be a password.
bool fill_in_variables(Value& document, Collector& collector);

}  // namespace slipway::config
