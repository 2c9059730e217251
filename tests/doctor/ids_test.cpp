// Subordinate ids and the programs that install them.
#include <catch2/catch.hpp>

#include "tests/doctor/host.hpp"

namespace slipway::tests {
namespace {

void cover_ranges(Host& host, const std::string& text) {
  host.cover("/etc/subuid", text);
  host.cover("/etc/subgid", text);
}

}  // namespace

TEST_CASE("a range of subordinate ids that is absent, small or another's too is told with the words that mend it") {
  struct Row {
    const char* text;
    std::string state, detail, remedy;
  };
  const Row rows[] = {
      {"slipway-range:200000:65536\n", "ok", "uids 65536 from 200000, gids 65536 from 200000", ""},
      {"", "degraded", "/etc/subuid has no range for slipway-range",
       "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 slipway-range"},
      {"others:100000:65536\nmore:900000:100\n", "degraded", "/etc/subuid has no range", "--add-subuids 900100-965635"},
      {"slipway-range:200000:1000\n", "degraded", "uids 1000 from 200000", "--add-subuids 201000-266535"},
      {"slipway-range:200000:65536\nothers:230000:10\n", "degraded",
       "/etc/subuid gives ids of slipway-range to others as well", "another range in /etc/subuid"},
      {"slipway-range:nonsense\n:::\n", "degraded", "/etc/subuid has no range", "usermod"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    Host host(Who::range);
    cover_ranges(host, row.text);
    CHECK(faults_of(host, {"subordinate-ids", row.state, {row.detail, row.remedy}}) == "");
  }
}

TEST_CASE("a range in one file only is told with the other file's name") {
  Host host(Who::range);
  host.cover("/etc/subgid", "");
  CHECK(faults_of(host, {"subordinate-ids", "degraded", {"/etc/subgid has no range for slipway-range"}}) == "");
}

TEST_CASE("root and a user without a range need no more than they have") {
  Host root(Who::root);
  CHECK(faults_of(root, {"subordinate-ids", "ok", {"root needs none"}}) == "");
  CHECK(faults_of(root, {"id-map-helpers", "ok", {"root needs none"}}) == "");
  Host single(Who::single);
  CHECK(faults_of(single, {"subordinate-ids", "degraded", {"has no range for slipway-single"}}) == "");
}

TEST_CASE("newuidmap that is absent, powerless or without its power is told with what mends it") {
  const std::string program = "/usr/bin/newuidmap";
  {
    Host host(Who::range);
    CHECK(faults_of(host, {"id-map-helpers", "ok", {program}}) == "");
    host.cover(program, "", 0644);
    CHECK(faults_of(host, {"id-map-helpers", "degraded", {program + " may not be executed"}}) == "");
  }
  {
    Host host(Who::range);
    host.cover(program, "#!/bin/sh\nexit 1\n", 0755);
    CHECK(faults_of(host, {"id-map-helpers",
                           "missing",
                           {program + " is neither set-uid nor has file capabilities", "chmod u+s " + program}}) == "");
  }
  {
    Host host(Who::range);
    host.root({"mount", "--bind", program, program});
    host.root({"mount", "-o", "remount,bind,nosuid", program});
    CHECK(faults_of(host, {"id-map-helpers", "missing", {program + " lies on a mount with nosuid", "with suid"}}) ==
          "");
  }
  {
    Host host(Who::range);
    host.hinder({"--no-new-privs"});
    CHECK(faults_of(host, {"id-map-helpers", "missing", {"no_new_privs", "isolation.user=single"}}) == "");
    CHECK(host.run({"--set", "isolation.user=single"}).shell_status() == 0);
  }
}

TEST_CASE("a newuidmap that hangs ends the doctor's looking after its deadline, and nothing of it is left") {
  Host host(Who::range);
  host.cover("/usr/bin/newuidmap", "#!/bin/sh\nexec sleep 1000\n", 04755);
  const Report report = host.doctor();
  CHECK(report.line("id-map-helpers").state == "missing");
  CHECK_THAT(report.line("id-map-helpers").detail, Catch::Contains("looking at it failed"));
  CHECK(report.line("plugins").state == "ok");
}

}  // namespace slipway::tests
