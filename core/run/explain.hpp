// What failed in a run, with the cause in its hint where the kernel's errno alone says too little.
// Called when something has failed, and at no other time: looking costs what a start must not.
#pragma once

#include <slipway/steps.hpp>
#include <string>

#include "core/linux/id_map.hpp"
#include "core/report/report.hpp"

namespace slipway::run {

/// Making a process in namespaces with these ids, or the namespaces later on.
Error explain_namespaces(Error error, const linux::IdMap& ids);
Error explain_id_map(Error error, const linux::IdMap& ids);
Error explain_store(Error error, const std::string& path);
Error explain_runtime_directory(Error error, const std::string& path);
Error explain_step(Error error, const steps::Step& step, const linux::IdMap& ids, const std::string& store);
/// A limit of descriptors. Leaves a hint that is there.
Error explain_limits(Error error);

}  // namespace slipway::run
