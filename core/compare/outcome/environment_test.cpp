#include "core/compare/outcome/environment.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "core/compare/outcome/outcome_json.hpp"
#include "core/compare/outcome/test_outcomes.hpp"
#include "tests/support/scratch.hpp"

using namespace slipway;
using namespace slipway::compare;

namespace {

void put(const tests::Scratch& scratch, const std::string& file, const std::string& text) {
  const std::filesystem::path path = scratch / file;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::string fact(const Host& host, const std::string& name) {
  const auto found = host.facts.find(name);
  return found == host.facts.end() ? "(none)" : found->second;
}

}  // namespace

TEST_CASE("a host's facts are read from /proc and /sys") {
  const tests::Scratch scratch;
  put(scratch, "proc/cpuinfo", "processor\t: 0\nmodel name\t: A Fast One\nflags\t\t: fpu hypervisor sse\n");
  put(scratch, "proc/meminfo", "MemTotal:       16308908 kB\nSwapTotal:             0 kB\n");
  put(scratch, "proc/loadavg", "0.31 0.25 0.20 1/500 1234\n");
  put(scratch, "sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: Retpolines\n");
  put(scratch, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  put(scratch, "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n");
  put(scratch, "sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  put(scratch, "sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  put(scratch, "sys/class/dmi/id/product_name", "KVM\n");
  put(scratch, "sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
  const Host host = look_at_host({.slipway = "1.2.3", .root = scratch.path()});
  CHECK(fact(host, "processor") == "A Fast One");
  CHECK(fact(host, "memory") == "15926 MiB");
  CHECK(fact(host, "swap") == "0 MiB");
  CHECK(fact(host, "load before") == "0.31");
  CHECK(fact(host, "mitigation spectre_v2") == "Mitigation: Retpolines");
  CHECK(fact(host, "governor") == "performance, powersave");
  CHECK(fact(host, "boost") == "0");
  CHECK(fact(host, "huge pages") == "madvise");
  CHECK(fact(host, "virtual") == "yes, KVM");
  CHECK(fact(host, "cgroups") == "version 2");
  CHECK(fact(host, "slipway") == "1.2.3");
}

TEST_CASE("what a host does not tell is left out") {
  const tests::Scratch scratch;
  const Host host = look_at_host({.root = scratch.path()});
  for (const char* name : {"processor", "memory", "swap", "load before", "boost", "huge pages", "slipway"}) {
    CAPTURE(name);
    CHECK(fact(host, name) == "(none)");
  }
  CHECK(fact(host, "governor") == "none");
  CHECK(fact(host, "cgroups") == "none");
  CHECK(fact(host, "virtual") == "no sign of it");
}

TEST_CASE("this host has a kernel, cores, and file systems where its directories are or will be") {
  const Host host = look_at_host({.store = "/proc/self/not/there/yet", .runtime = "/dev/../proc"});
  CHECK(fact(host, "kernel") != "(none)");
  CHECK(std::stoi(fact(host, "cores")) >= 1);
  CHECK(fact(host, "store's file system") == "proc");
  CHECK(fact(host, "runtime directory's file system") == "proc");
}

TEST_CASE("no fact tells the host's name") {
  std::string name(256, '\0');
  REQUIRE(::gethostname(name.data(), name.size()) == 0);
  name.resize(name.find('\0'));
  if (name.size() < 8) return;  // so short a name may stand in any word
  const Host host = look_at_host({.store = "/var/lib/slipway", .runtime = "/run/slipway", .slipway = "1.2.3"});
  for (const auto& [what, value] : host.facts) {
    CAPTURE(what, value);
    CHECK(value.find(name) == std::string::npos);
  }
}

TEST_CASE("hosts are told apart by their facts, but not by a load that is nearly the same") {
  const Host first{.facts = {{"kernel", "6.1"}, {"load before", "0.10"}, {"swap", "1 MiB"}}};
  Host second{.facts = {{"kernel", "6.5"}, {"load before", "0.40"}, {"libc", "glibc 2.36"}}};
  const auto found = differences(first, second);
  REQUIRE(found.size() == 3);
  CHECK(in_words(found[0]) == "kernel: 6.1 and 6.5");
  CHECK(in_words(found[1]) == "libc: nothing and glibc 2.36");
  CHECK(in_words(found[2]) == "swap: 1 MiB and nothing");
  second.facts["load before"] = "3.1";
  CHECK(differences(first, second).size() == 4);
  CHECK(differences(first, first).empty());
}
