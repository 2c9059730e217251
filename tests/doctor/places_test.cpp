// The store, the runtime directory and the worker: what may be wrong with a place.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/doctor/host.hpp"

namespace slipway::tests {
namespace {

constexpr std::array kBoth{Who::root, Who::range};

// A mount in the place of the directory in which the store lies, which belongs to the caller.
void mount_home(const Host& host, const std::string& type, const std::string& options) {
  host.root({"mount", "-t", type, "-o", options, type, host.own("")});
  host.root({"chown", std::to_string(host.uid()) + ":" + std::to_string(host.gid()), host.own("")});
}

std::string ids(const Host& host) { return std::to_string(host.uid()) + ":" + std::to_string(host.gid()); }

}  // namespace

TEST_CASE("a store is told as the first run's to make, and then with its format; a doctor makes none") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    CHECK(host.doctor().line("store").detail == host.store() + ", which the first run makes");
    CHECK(::access(host.store().c_str(), F_OK) != 0);
    CHECK(faults_of(host, {"store", "ok", {host.store()}}) == "");
    CHECK(host.doctor().line("store").detail == host.store() + ", format 1");
  }
}

TEST_CASE("a store that cannot be used is told with the run's own words") {
  struct Row {
    const char* what;
    const char* script;  // $1: the store, $2: the owner
    std::vector<std::string> parts;
  };
  const Row rows[] = {
      {"another user's", "mkdir -m 0700 $1; chown 4711:4711 $1", {"belongs to user 4711", "--store DIR"}},
      {"a link", "mkdir -m 0700 $1.real; chown $2 $1.real; ln -s $1.real $1", {"not a link"}},
      {"a file", "touch $1", {"Not a directory"}},
      {"open to others",
       "mkdir -m 0755 $1; printf '1\\n' > $1/version; chown -R $2 $1",
       {"is open to other users", "chmod 0700"}},
      {"of another version",
       "mkdir -m 0700 $1; printf '99\\n' > $1/version; chown -R $2 $1",
       {"has a format that this slipway does not know", "remove this one"}},
      {"full of other things", "mkdir -m 0700 $1; touch $1/letters; chown -R $2 $1", {"holds other things"}},
  };
  for (const Row& row : rows) {
    for (const Who who : kBoth) {
      INFO(row.what << " as " << to_text(who));
      Host host(who);
      host.root({"sh", "-c", row.script, "sh", host.store(), ids(host)});
      CHECK(faults_of(host, {"store", "missing", row.parts}) == "");
    }
  }
}

TEST_CASE("a store in a place that cannot be written is told with the reason") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    mount_home(host, "tmpfs", "mode=0755");
    CHECK(faults_of(host, {"store", "ok", {}}) == "");
    // Another mount of it: on that one nobody has a file open.
    host.root({"mount", "--bind", host.own(""), host.own("")});
    host.root({"mount", "-o", "remount,bind,ro", host.own("")});
    const std::string cause = " is read-only";
    CHECK(faults_of(host, {"store", "degraded", {cause, "mount it writable, or choose another place"}}) == "");
    const Outcome other = host.run_other();  // an image that it does not hold
    INFO(to_text(other));
    CHECK(other.shell_status() == 125);
    CHECK_THAT(other.errors, Catch::Contains(cause + "; mount it writable, or choose another place with --store DIR"));
    host.use_store(host.own("further/store"));
    CHECK(
        faults_of(host, {"store", "missing", {"(tmpfs on " + host.own("").substr(0, host.own("").size() - 1) + ")"}}) ==
        "");
  }
  Host host(Who::range);
  host.use_store("/root-only/store");
  CHECK(faults_of(host, {"store", "missing", {"/ belongs to user 0 and is closed to this one"}}) == "");
}

TEST_CASE("noexec, nosuid and nodev of the store's mount do not matter") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    mount_home(host, "tmpfs", "mode=0755,noexec,nosuid,nodev");
    CHECK(faults_of(host, {"store-filesystem", "ok", {"tmpfs on ", "user attributes, layers of overlays"}}) == "");
  }
}

TEST_CASE("a mount below the place where the store is to be does not matter") {
  for (const Who who : kBoth) {
    Host host(who);
    const std::string other = host.scratch().directory("home/other", 0, 0);
    host.root({"mount", "-t", "tmpfs", "other", other});
    CHECK(faults_of(host, {"store-filesystem", "ok", {"layers of overlays"}}) == "");
  }
}

TEST_CASE("a store on a file system that cannot hold layers is missing") {
  Host host(Who::root);
  const std::string one = host.scratch().directory("one", 0, 0), plain = host.scratch().directory("plain", 0, 0);
  // Two overlays lie on each other already, and the kernel allows no third.
  host.root({"mount", "-t", "overlay", "-o", "lowerdir=" + plain + ":/etc", "one", one});
  host.root({"mount", "-t", "overlay", "-o", "lowerdir=" + plain + ":" + one, "two", host.own("")});
  const Line line = host.doctor().line("store-filesystem");
  CHECK(line.state == "missing");
  CHECK_THAT(line.detail, Catch::StartsWith("overlay on ") && Catch::Contains(" cannot hold a layer of an overlay"));
}

TEST_CASE("a store on a file system without user attributes is a degraded one") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    mount_home(host, "ramfs", "mode=0755");
    CHECK(faults_of(host, {"store-filesystem", "degraded", {"ramfs on ", "has no user attributes", "ext4"}}) == "");
  }
}

TEST_CASE("a store's little space is told, and none at all is the reason why a run fails") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    mount_home(host, "tmpfs", "mode=0755,size=16m");
    CHECK(faults_of(host, {"store-space", "degraded", {"MiB of 16.0 MiB free", "remove something there"}}) == "");
    host.use_store(host.own("other"));
    (void)host.try_root({"sh", "-c", "dd if=/dev/zero of=$1/fill bs=1M", "sh", host.own("")});
    const Report report = host.doctor();
    CHECK(report.line("store-space").state == "missing");
    CHECK_THAT(report.line("store-space").detail, Catch::StartsWith("0 bytes of 16.0 MiB free"));
    const Outcome run = host.run();
    INFO(to_text(run));
    CHECK(run.shell_status() == 125);
    CHECK_THAT(run.errors, Catch::Contains("is full: 0 bytes of 16.0 MiB free"));
    CHECK_THAT(run.errors, Catch::Contains(report.line("store-space").remedy));
  }
}

TEST_CASE("a place without a home is told") {
  Host host(Who::range);
  const Outcome outcome = host.slipway_without({"HOME", "XDG_DATA_HOME"}, {"doctor"});
  CHECK(outcome.shell_status() == 1);
  CHECK_THAT(outcome.output, Catch::Contains("missing   store"));
  CHECK_THAT(outcome.output, Catch::Contains("neither XDG_DATA_HOME nor HOME is an absolute path"));
}

TEST_CASE("a runtime directory that cannot be used is told with the run's own words") {
  struct Row {
    const char* what;
    const char* script;  // $1: the runtime directory, $2: its owner
    std::vector<std::string> parts;
  };
  const Row rows[] = {
      {"open to others", "mkdir -m 0755 $1; chown $2 $1", {"it is open to others (mode 0755)"}},
      {"another user's", "mkdir -m 0700 $1; chown 4711:4711 $1", {"it belongs to user 4711"}},
      {"a link", "mkdir -m 0700 $1.real; chown $2 $1.real; ln -s $1.real $1; chown -h $2 $1", {"it is a link"}},
      {"a file", "echo > $1; chown $2 $1", {"it is no directory"}},
      {"read-only", "mount -t tmpfs -o ro,mode=0755 tmpfs $(dirname $1)", {"is read-only"}},
      {"full",
       "mount -t tmpfs -o size=4k,mode=0755,nr_inodes=3 tmpfs $(dirname $1); mkdir -m 0700 $1; chown $2 $1; "
       "touch $(dirname $1)/more",
       {"has no room for a further file"}},
  };
  for (const Row& row : rows) {
    for (const Who who : kBoth) {
      INFO(row.what << " as " << to_text(who));
      Host host(who);
      CHECK(host.doctor().line("runtime-directory").state == "ok");
      host.root({"sh", "-c", row.script, "sh", host.runtime(), ids(host)});
      CHECK(faults_of(host, {"runtime-directory", "missing", row.parts}) == "");
    }
  }
}

TEST_CASE("a worker that is not there, or may not be executed, is told") {
  for (const Who who : kBoth) {
    INFO(to_text(who));
    Host host(who);
    const std::string worker = host.use_copy() + "/libexec/slipway/slipway-worker";
    CHECK(faults_of(host, {"worker", "ok", {worker}}) == "");
    host.use_store(host.own("other"));
    host.root({"chmod", "0644", worker});
    const std::string installed = "is slipway installed completely?";
    CHECK(faults_of(host, {"worker", "missing", {worker + ": Permission denied", installed}}) == "");
    host.root({"rm", worker});
    CHECK(faults_of(host, {"worker", "missing", {worker + ": No such file or directory", installed}}) == "");
  }
}

}  // namespace slipway::tests
