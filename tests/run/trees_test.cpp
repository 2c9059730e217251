// The tree that a container sees, and the one that `slipway unpack` makes, against what the layers say.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>
#include <sstream>

#include "tests/run/harness.hpp"
#include "tests/run/rich_image.hpp"
#include "tests/run/source_runs.hpp"

namespace slipway::tests {
namespace {

const std::vector<std::string> kBare = {"--set", "pseudo=[]", "--set", "harden=[]"};

struct Entry {
  std::string type, mode, uid, gid, time, rest;
};

// What probe describe prints, by name. A name's blanks are followed by a type of one letter and a mode of four digits.
std::map<std::string, Entry> entries_of(const std::string& text) {
  std::map<std::string, Entry> entries;
  for (const std::string& line : lines_of(text)) {
    std::size_t at = line.find(' ');
    const auto is_type = [&](std::size_t i) {
      return i + 7 < line.size() && line[i + 2] == ' ' && line.find_first_not_of("01234567", i + 3) == i + 7;
    };
    while (at != std::string::npos && !is_type(at)) at = line.find(' ', at + 1);
    REQUIRE(at != std::string::npos);
    std::istringstream words(line.substr(at));
    Entry entry;
    words >> entry.type >> entry.mode >> entry.uid >> entry.gid >> entry.time;
    std::getline(words, entry.rest);
    entries[line.substr(0, at)] = entry;
  }
  return entries;
}

std::map<std::string, Entry> container_view(const Runner& runner, const std::string& image) {
  std::vector<std::string> words = {"run"};
  words.insert(words.end(), kBare.begin(), kBare.end());
  words.insert(words.end(), {image, "probe", "describe", "/"});
  const Outcome outcome = runner.slipway(words);
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == 0);
  return entries_of(outcome.output);
}

std::string owners(const Entry& entry) { return entry.uid + ":" + entry.gid; }

TEST_CASE("A6: whiteouts and opaque directories of higher layers hide what lower ones have") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const auto seen = container_view(runner, runner.put("rich.tar", docker_save({rich_image()}, Layout::legacy)));
      for (const char* hidden : {"gone", "gone/a", "gone/deep/b", "opaque/old", "opaque/kept", "rich/empty", "etc/motd",
                                 "opt/cache/old", "was-directory/x", ".wh.gone", "opaque/.wh..wh..opq"}) {
        INFO(hidden);
        CHECK_FALSE(seen.contains(hidden));
      }
      for (const auto& [name, type] :
           {std::pair{"opaque/new", "f"}, std::pair{"was-file", "d"}, std::pair{"opt/cache/new", "f"},
            std::pair{"was-file/inside", "f"}, std::pair{"was-directory", "f"}}) {
        INFO(name);
        REQUIRE(seen.contains(name));
        CHECK(seen.at(name).type == type);
      }
      CHECK(seen.at("opaque").mode == "0700");
      CHECK(seen.at("rich").mode == "0751");
    }
  }
}

std::string top_of(const Outcome& outcome) {
  INFO(to_text(outcome));
  CHECK(outcome.errors == "");
  return outcome.output;
}

TEST_CASE("A6: an opaque mark at the top of a layer hides all that lower layers have") {
  struct Row {
    const char* name;
    std::vector<TarEntry> more;
  };
  const std::vector<Row> rows = {
      {"a mark", {file(".wh..wh..opq")}},
      {"a mark in a directory that its owner alone may read",
       {owned(directory("./", 0700), 1000, 1000), file("./.wh..wh..opq")}},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": " << row.name) {
        if (caller.is_single() && row.more.size() > 1) continue;  // whose owner that would be has no id
        const Runner runner(caller);
        const std::string image =
            runner.put("opaque.tar", docker_save({image_with_opaque_top(row.more)}, Layout::docker25));
        const std::string look = "echo $(ls -A / | sort) $(ls /both)";
        for (const std::string& root : {std::string(R"(rootfs={"use":"fs-overlay","upper":"tmpfs"})"),
                                        std::string(R"(rootfs={"use":"fs-overlay","upper":"disk"})"),
                                        std::string(R"(rootfs={"use":"fs-copy"})")}) {
          INFO(root);
          std::vector<std::string> words = {"--set", root};
          words.insert(words.end(), kBare.begin(), kBare.end());
          words.insert(words.end(), {"-u", "0", image, "sh", "-c", look});
          const std::string first = top_of(runner.run(words));
          CHECK(first == "above bin both dev etc home proc root sys tmp var high\n");
          words.insert(words.begin(), {"run", "--timing"});
          CHECK(settle(runner, words).output == first);
        }
        REQUIRE(runner.slipway({"unpack", image, runner.own("tree")}).errors == "");
        CHECK(run({.arguments = {"sh", "-c", "echo $(ls -A $0 | sort) $(ls $0/both)", runner.own("tree")}}).output ==
              "above bin both dev etc home proc root sys tmp var high\n");
      }
    }
  }
}

// Overlay lists the name where only one layer has the directory, and nothing can be opened by it.
TEST_CASE("A6: a deletion of what no lower layer has deletes nothing, and nothing is there by its name") {
  ImageSpec image = box_image();
  image.layers.push_back({make_tar({directory("only/"), file("only/.wh.never", ""), file("only/kept", "k"),
                                    file("etc/.wh.never", ""), file("opt/.wh.cache", "")})});
  for (const Caller& caller : callers()) {
    for (const std::string root : {"fs-overlay", "fs-copy"}) {
      DYNAMIC_SECTION(caller.name << ": " << root) {
        const Runner runner(caller);
        const std::string archive = runner.put("never.tar", docker_save({image}, Layout::docker25));
        const Outcome outcome =
            runner.run({"--use", "rootfs=" + root, archive, "sh", "-c",
                        "cat /only/kept; for name in /only/never /etc/never /only/.wh.never /opt/cache; do "
                        "test ! -e $name && test ! -L $name || echo $name; done; ls /etc | grep never; "
                        "echo new > /only/never && cat /only/never && rm -r /only && ls -d /only 2>&1"});
        CHECK(outcome.output == "knew\nls: /only: No such file or directory\n");
        CHECK(outcome.errors == "");
      }
    }
  }
}

TEST_CASE("A7: types, modes, owners, times, links and attributes are what the layers say") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const auto seen = container_view(runner, runner.put("rich.tar", docker_save({rich_image()}, Layout::docker25)));
      CHECK(seen.at("rich/nanoseconds").time == "1234567890.123456789");
      CHECK(seen.at("rich/before-1970").time == "-1000.000000000");
      CHECK(seen.at("rich/app").mode == "0640");
      CHECK(seen.at("rich/setid").mode == "6755");
      CHECK(owners(seen.at("rich/app")) == (caller.is_single() ? "0:0" : "1000:50"));
      CHECK(owners(seen.at("rich/setid")) == (caller.is_single() ? "0:0" : "7:8"));
      CHECK(owners(seen.at("rich/link")) == (caller.is_single() ? "0:0" : "1000:1000"));
      CHECK_THAT(seen.at("rich/link").rest, Catch::EndsWith(" -> /nowhere/at/all"));
      CHECK_THAT(seen.at("rich/one").rest, Catch::EndsWith(" same-as=rich/one"));
      CHECK(seen.at("rich/two").rest == seen.at("rich/one").rest);
      CHECK_THAT(seen.at("rich/attribute").rest, Catch::EndsWith(" user.colour=626c7565"));
      CHECK_THAT(seen.at("rich/attributed").rest, Catch::EndsWith(" user.kind=6469726563746f7279"));
      CHECK(seen.at("rich/fifo").type == "p");
      CHECK(seen.at("rich/fifo").mode == "0600");
      CHECK_THAT(seen.at("rich/large").rest, Catch::StartsWith(" 300000 "));
      CHECK(seen.contains("rich/name with blanks and \xc3\xa9"));
    }
  }
}

TEST_CASE("the root directory has the mode and owner that the image gives it") {
  struct Row {
    const char* name;
    std::vector<TarEntry> top;
    std::string mode, owner;
  };
  const std::vector<Row> rows = {
      {"the image says nothing", {}, "0755", "0:0"},
      {"a mode", {directory("./", 0711)}, "0711", "0:0"},
      {"an owner", {owned(directory("./", 0750), 1000, 50)}, "0750", "1000:50"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      for (const char* upper : {"tmpfs", "disk", "none"}) {
        DYNAMIC_SECTION(caller.name << ": " << row.name << ", upper " << upper) {
          Runner& runner = shared(caller);
          ImageSpec image = box_image();
          image.layers.push_back({make_tar(row.top)});
          const std::string archive = runner.put("root.tar", docker_save({image}, Layout::legacy));
          const Outcome outcome =
              runner.run({"--set", std::string("rootfs.upper=") + upper, archive, "stat", "-c", "0%a %u:%g", "/"});
          CHECK(outcome.output == row.mode + " " + (caller.is_single() ? "0:0" : row.owner) + "\n");
        }
      }
    }
  }
}

TEST_CASE("A7: directories of lower layers can be removed and renamed inside") {
  for (const Caller& caller : callers()) {
    for (const char* upper : {"tmpfs", "disk"}) {
      DYNAMIC_SECTION(caller.name << ": upper " << upper) {
        const Runner runner(caller);
        const std::string image = runner.put("rich.tar", docker_save({rich_image()}, Layout::legacy));
        const Outcome outcome =
            runner.run({"--set", std::string("rootfs.upper=") + upper, image, "sh", "-ec",
                        "rm -r /rich/attributed /opaque /was-file /opt/cache; rm -r /home; mkdir /opaque; "
                        "ls -A /opaque; ls -A /opt /rich/attributed 2>&1 || :"});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 0);
        CHECK_THAT(outcome.output, Catch::Contains("/rich/attributed: No such file") && !Catch::Contains("error"));
      }
    }
  }
}

// On the host the files of a user's container belong to the caller and its subordinate ids: what the maps say.
class Owners {
 public:
  explicit Owners(const std::string& map) {
    std::istringstream words(map);
    for (Line line; words >> line.inside >> line.outside >> line.count;) lines_.push_back(line);
  }
  [[nodiscard]] std::string inside(const std::string& outside) const {
    const std::uint64_t id = std::stoull(outside);
    for (const Line& line : lines_) {
      if (id >= line.outside && id < line.outside + line.count) return std::to_string(id - line.outside + line.inside);
    }
    return outside + " (not mapped)";
  }

 private:
  struct Line {
    std::uint64_t inside = 0, outside = 0, count = 0;
  };
  std::vector<Line> lines_{};
};

std::string to_text(const Entry& entry) {
  return entry.type + " " + entry.mode + " " + owners(entry) + " " + entry.time + entry.rest;
}

TEST_CASE("what unpack makes is what the container sees, entry by entry") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      if (::geteuid() != 0) {
        WARN("SKIPPED: needs root, to look into directories of a user's subordinate ids");
        continue;
      }
      const Runner runner(caller);
      const std::string image = runner.put("rich.tar", docker_save({rich_image()}, Layout::docker25));
      const Outcome maps = runner.run({image, "cat", "/proc/self/uid_map", "/proc/self/gid_map"});
      const std::vector<std::string> lines = lines_of(maps.output);
      std::string uids, gids;
      for (std::size_t i = 0; i < lines.size(); ++i) (i < lines.size() / 2 ? uids : gids) += lines[i] + "\n";
      const std::string tree = runner.own("tree");
      const Outcome unpacked = runner.slipway({"unpack", image, tree});
      INFO(to_text(unpacked));
      REQUIRE(unpacked.shell_status() == 0);
      CHECK(unpacked.output == "");
      const Outcome described = run({.arguments = {SLIPWAY_TEST_PROBE, "describe", tree}});
      REQUIRE(described.shell_status() == 0);
      auto on_disk = entries_of(described.output);
      auto seen = container_view(runner, image);
      for (auto& [name, entry] : on_disk) {
        entry.uid = Owners(uids).inside(entry.uid);
        entry.gid = Owners(gids).inside(entry.gid);
      }
      // The container's own top directory is the overlay's, changed by each start's mount points.
      seen.at(".").time = on_disk.at(".").time;
      for (const auto& [name, entry] : on_disk) {
        INFO(name);
        CHECK((seen.contains(name) ? to_text(seen.at(name)) : "missing in the container") == to_text(entry));
      }
      for (const auto& [name, entry] : seen) {
        INFO(name);
        CHECK(on_disk.contains(name));
      }
    }
  }
}

TEST_CASE("unpack makes the directory, fills an empty one, and leaves one that holds something alone") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string fresh = runner.own("fresh"), full = runner.own("full");
      CHECK(runner.slipway({"unpack", runner.box(), fresh}).shell_status() == 0);
      CHECK(run(runner.plain({"cat", fresh + "/etc/hello"})).output == "hello from the image\n");
      REQUIRE(
          run(runner.plain({"sh", "-c", "mkdir -p " + full + " && echo mine > " + full + "/file"})).shell_status() ==
          0);
      const Outcome outcome = runner.slipway({"unpack", runner.box(), full});
      CHECK(outcome.shell_status() == 1);
      CHECK_THAT(outcome.errors, Catch::Contains(full) && Catch::Contains("empty"));
      CHECK(run(runner.plain({"sh", "-c", "ls -A " + full + "; cat " + full + "/file"})).output == "file\nmine\n");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
