// Stores and runtime directories that cannot be used: read-only, full, of another version, another's, damaged.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

// As root, in the setting's mount namespace.
void as_root(const Setting& setting, const std::string& script) {
  const Outcome outcome = run({.arguments = {"sh", "-ec", script}, .mounts = setting.mounts()});
  INFO(script << "\n" << outcome.errors);
  REQUIRE(outcome.shell_status() == 0);
}

std::string owner_of(const Setting& setting) {
  const Identity identity = setting.identity().value_or(Identity{});
  return std::to_string(identity.uid) + ":" + std::to_string(identity.gid);
}

// A file system of its own as the store's directory.
void mount_store(const Setting& setting, const std::string& options) {
  setting.make_store();
  const std::string& store = setting.store();
  as_root(setting,
          "mount -t tmpfs -o mode=0700," + options + " store " + store + "; chown " + owner_of(setting) + " " + store);
}

std::string run_faults(const Setting& setting, const std::string& image, const std::vector<std::string>& parts) {
  return setting.refusal("run", {image, "true"}, parts);
}

// Of a file that was changed less than two seconds ago no record is kept.
void fill_with_records(const Setting& setting, const std::string& image) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (const char* folder : {"/images", "/starts"}) {
    do {
      REQUIRE(setting.slipway("run", {image, "true"}).errors == "");
      REQUIRE(std::chrono::steady_clock::now() < deadline);
    } while (std::filesystem::is_empty(setting.store() + folder));
  }
}

constexpr const char* kHint = "\n  hint: ";

}  // namespace

TEST_CASE("a read-only store is refused when something is missing in it, and serves what it holds") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    mount_store(setting, "size=64m");
    as_root(setting, "mount -o remount,ro " + setting.store());
    CHECK(run_faults(setting, image, {"Read-only file system", setting.store(), kHint}) == "");
    as_root(setting, "mount -o remount,rw " + setting.store());
    REQUIRE(setting.slipway("run", {image, "true"}).errors == "");
    // The kernel may still be taking down what the run had open.
    as_root(setting, "for try in $(seq 100); do mount -o remount,ro " + setting.store() + " && exit; done; exit 1");
    const Outcome outcome = setting.slipway("run", {"--set", "rootfs.upper=tmpfs", image, "echo", "held"});
    CHECK(outcome.output + outcome.errors == "held\n");
    CHECK(setting.refusal("run", {"--set", "rootfs.upper=disk", image, "true"}, {"Read-only file system", kHint}) ==
          "");
  }
}

TEST_CASE("a store that is full, or becomes so, is refused by one error and holds no half layer") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const char* size : {"size=4k,nr_inodes=1", "size=4k,nr_inodes=5", "size=64k,nr_inodes=12", "size=4k",
                             "size=64k", "size=512k", "size=64m,nr_inodes=24"}) {
      INFO(size << " as " << to_text(who));
      setting.forget_store();
      mount_store(setting, size);
      // What was begun is gone by then, so that a store with room for a part of it has that room again.
      const bool is_emptied = std::string_view(size) == "size=512k";
      CHECK(run_faults(setting, image,
                       {"No space left on device", kHint, is_emptied ? " has too little room: " : "store"}) == "");
      // With room again it works at once.
      as_root(setting, "mount -o remount,size=64m,nr_inodes=4096 " + setting.store());
      const Outcome outcome = setting.slipway("run", {image, "echo", "room"});
      CHECK(outcome.output + outcome.errors == "room\n");
    }
  }
}

TEST_CASE("a copy that the store has no room for is refused by one error, and leaves the layers as they are") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.file("image.tar", standard_archive());
    mount_store(setting, "size=64m,nr_inodes=4096");
    const Outcome first = setting.slipway("run", {image, "echo", "unpacked"});
    REQUIRE(first.output + first.errors == "unpacked\n");
    // What is there now, and a little more than that: files, and then bytes.
    for (const char* room :
         {"nr_inodes=$(($(stat -f -c '%c - %d' .) + 8))", "size=$(($(stat -f -c '(%b - %f) * %S' .) + 65536))"}) {
      INFO(room << " as " << to_text(who));
      as_root(setting, "cd " + setting.store() + "; mount -o remount," + room + " .");
      CHECK(setting.refusal("run", {"--use", "rootfs=fs-copy", image, "true"},
                            {"rootfs: fs-copy: step ", ", copy: ", "No space left on device", kHint}) == "");
      as_root(setting, "mount -o remount,size=64m,nr_inodes=4096 " + setting.store());
      const Outcome outcome = setting.slipway("run", {"--use", "rootfs=fs-copy", image, "echo", "room"});
      CHECK(outcome.output + outcome.errors == "room\n");
    }
  }
}

TEST_CASE("a root out of a store on a mount with noexec is root's to mend, and a user's to be told of") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.file("image.tar", standard_archive());
    mount_store(setting, "size=64m,noexec,nosuid,nodev");
    const std::vector<std::string> words{"--use", "rootfs=fs-copy", image, "echo", "ran"};
    if (who == Who::root) {
      const Outcome outcome = setting.slipway("run", words);
      CHECK(outcome.output + outcome.errors == "ran\n");
    } else {
      CHECK(setting.refusal("run", words,
                            {"rootfs: fs-copy: step ", ", bind: @tree on /", "noexec", "--use rootfs=fs-overlay"}) ==
            "");
    }
  }
}

TEST_CASE("a store of another version, or with other things in it, is refused and left as it is") {
  struct Row {
    const char* what;
    const char* script;  // in the store's directory
    std::string part;
  };
  const std::vector<Row> rows = {
      {"a later version", "echo 2 > version", "a format that this slipway does not know"},
      {"an empty version", ": > version", "a format that this slipway does not know"},
      {"a huge version", "head -c 1000000 /dev/zero > version", "a format that this slipway does not know"},
      {"a version that is a directory", "mkdir version", "a format that this slipway does not know"},
      {"a version that is a link", "ln -s /etc/hostname version", "/version"},
      {"a version that is a FIFO", "mkfifo version", "a format that this slipway does not know"},
      {"other things", "echo x > letter", "holds other things"},
      {"a store open to others", "echo 1 > version; chmod 0755 .", "is open to other users"},
      {"no folders", "echo 1 > version", ""},
      {"a file in a folder's place", "echo 1 > version; echo > layers; mkdir images locks staging runs starts", ""},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const Row& row : rows) {
      INFO(row.what << " as " << to_text(who));
      setting.forget_store();
      setting.make_store();
      as_root(setting, "cd " + setting.store() + "; " + row.script + "; chown -h " + owner_of(setting) + " . *");
      CHECK(run_faults(setting, image, {row.part, kHint}) == "");
    }
  }
}

TEST_CASE("a store of another user's, also behind a link, is refused") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    setting.make_store();
    as_root(setting, "chown 4711:4711 " + setting.store());
    CHECK(run_faults(setting, image, {who == Who::root ? "belongs to user 4711" : "Permission denied", kHint}) == "");
    setting.forget_store();
    as_root(setting, "ln -s /tmp " + setting.store());
    CHECK(run_faults(setting, image, {"not a link", kHint}) == "");
  }
}

TEST_CASE("records and layers that are damaged are made anew, or refused by one error") {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"cut short", "for f in images/* starts/*; do : > $f; done"},
      {"garbage", "for f in images/* starts/*; do head -c 5000 /dev/urandom > $f; done"},
      {"huge", "for f in images/* starts/*; do truncate -s 5G $f; done"},
      {"directories", "for f in images/* starts/*; do rm $f; mkdir $f; done"},
      {"FIFOs", "for f in images/* starts/*; do rm $f; mkfifo $f; done"},
      {"links", "for f in images/* starts/*; do ln -sf /dev/zero $f; done"},
      {"no layers", "rm -r layers/*"},
      {"layers without a tree", "rm -r layers/*/tree"},
      {"files as layers", "for l in layers/*; do rm -r $l; echo > $l; done"},
      {"links as layers", "for l in layers/*; do rm -r $l; ln -s /etc $l; done"},
      {"locks that are FIFOs", "for l in locks/*; do rm $l; mkfifo $l; done"},
  };
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive();
    for (const auto& [what, script] : rows) {
      const std::string row = what;
      INFO(what << " as " << to_text(who));
      setting.forget_store();
      fill_with_records(setting, image);
      as_root(setting, "cd " + setting.store() + "; " + script + "; chown -hR " + owner_of(setting) + " images starts");
      Command again = setting.slipway_command({"run", "--store", setting.store(), image, "echo", "anew"});
      again.limit = std::chrono::seconds(10);
      const Outcome outcome = run(again);
      CHECK_FALSE(outcome.timed_out);
      CHECK(std::filesystem::is_empty(setting.store() + "/staging"));
      if (outcome.shell_status() == 0) {
        CHECK(outcome.output + outcome.errors == "anew\n");
      } else {
        CHECK(run_faults(setting, image, {kHint}) == "");
      }
    }
  }
}

TEST_CASE("a store on a file system without extended attributes is refused by one error that says so") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    setting.make_store();
    as_root(setting, "mount -t ramfs -o mode=0700 store " + setting.store() + "; chown " + owner_of(setting) + " " +
                         setting.store());
    CHECK(run_faults(setting, image, {"attribute", kHint}) == "");
  }
}

TEST_CASE("a runtime directory that is a link, a file, another's or cannot be made is refused") {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"a link", "ln -s /tmp slipway"},
      {"a link to nowhere", "ln -s nowhere slipway"},
      {"a file", "echo > slipway"},
      {"a FIFO", "mkfifo slipway"},
      {"of another user", "mkdir -m 0700 slipway; chown 4711 slipway"},
      {"open to others", "mkdir -m 0777 slipway; chmod 0777 slipway"},
      {"in a directory that is closed", "chown 4711 .; chmod 0755 ."},
      {"in a directory that is gone", "cd ..; rmdir there; cd ..; rmdir gone"},
  };
  const Who who = GENERATE(Who::range, Who::single);
  SLIPWAY_SETTING(who);
  const std::string image = setting.archive();
  REQUIRE(setting.slipway("run", {image, "true"}).errors == "");
  for (const auto& [what, script] : rows) {
    const std::string place = std::string(what).ends_with("gone") ? "gone/there" : what;
    as_root(setting, "mkdir -p '" + setting.own(place) + "'; chown " + owner_of(setting) + " '" + setting.own(place) +
                         "'; cd '" + setting.own(place) + "'; " + script + "; [ ! -p slipway ] || chown -h " +
                         owner_of(setting) + " slipway");
    const Watch before = setting.watch();
    for (const bool is_recorded : {true, false}) {
      INFO(what << " as " << to_text(who) << (is_recorded ? ", recorded" : ""));
      Command command = setting.slipway_command({"run", "--store", setting.store()});
      if (!is_recorded) command.arguments.insert(command.arguments.end(), {"--no-record", "starts"});
      command.arguments.insert(command.arguments.end(), {image, "true"});
      (*command.environment)["XDG_RUNTIME_DIR"] = setting.own(place);
      CHECK(Setting::faults_of(run(command), 125, {"the runtime directory", "XDG_RUNTIME_DIR", kHint}, before) == "");
    }
  }
}

TEST_CASE("root's runtime directory that is a file or a link is refused, and a missing one is made") {
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.archive();
  setting.make_store();
  as_root(setting, "umount /run/slipway; mount -t tmpfs run /run");
  CHECK(setting.slipway("run", {image, "echo", "made"}).output == "made\n");
  as_root(setting, "rmdir /run/slipway; echo > /run/slipway");
  const Watch before = setting.watch();
  const auto refused = [&] {
    return Setting::faults_of(setting.slipway("run", {image, "true"}), 125, {"the runtime directory", kHint}, before);
  };
  CHECK(refused() == "");
  as_root(setting, "rm /run/slipway; ln -s /tmp /run/slipway");
  CHECK(refused() == "");
  as_root(setting, "rm /run/slipway; mount -o remount,ro /run");
  CHECK(refused() == "");
}
