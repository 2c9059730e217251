// Images that are damaged, are none, or were made to do harm: what is wrong is said, and nothing is left.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>

#include "tests/refuse/setting.hpp"
#include "tests/support/archive.hpp"
#include "tests/support/skip.hpp"

using namespace slipway::tests;

namespace {

using Entries = std::vector<TarEntry>;

// The standard image with something done to its archive's entries.
std::string spoiled(Layout layout, const std::function<void(Entries&)>& spoil) {
  Entries entries = docker_save_entries({standard_image()}, layout);
  spoil(entries);
  return make_tar(entries);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  return text.replace(at, from.size(), to);
}

std::string first_layer_digits() { return digest_hex(standard_image().layers[0].tar); }
std::string config_digits() { return digest_hex(config_of(standard_image())); }

std::string with_manifest(const std::function<std::string(const std::string&)>& change) {
  return spoiled(Layout::docker25, [&](Entries& entries) {
    TarEntry& manifest = entry_named(entries, "manifest.json");
    manifest.content = change(manifest.content);
  });
}

// The standard image with one more layer.
std::string with_layer(const Entries& entries) {
  ImageSpec image = standard_image();
  image.layers.push_back({make_tar(entries)});
  return docker_save({image}, Layout::docker25);
}

struct Row {
  const char* what;
  std::function<std::string()> archive;
  std::vector<std::string> parts;
};

const std::string kAnew = "get it anew";

std::vector<Row> unreadable_archives() {
  return {
      {"a text file",
       [] { return std::string("Dear reader,\nthis is a letter.\n"); },
       {"it is not an archive that slipway can read", "give one that docker save"}},
      {"an empty file", [] { return std::string(); }, {"it is empty", "docker save -o FILE IMAGE"}},
      {"a program",
       [] { return read_file("/bin/busybox"); },
       {"it is not an archive that slipway can read", "give one that docker save"}},
      {"an archive cut off in a layer",
       [] { return standard_archive().substr(0, standard_archive().size() / 2); },
       {"it is truncated", "the file ends at", kAnew}},
      {"an archive cut off in its first header",
       [] { return standard_archive().substr(0, 300); },
       {"it is not an archive that slipway can read", "give one that docker save"}},
      {"an archive compressed twice",
       [] { return pack(pack(standard_archive(), Packing::gzip), Packing::zstd); },
       {"it is compressed twice, the second time with gzip", "decompress it once"}},
      {"a compressed archive that ends early",
       [] {
         const std::string packed = pack(standard_archive(), Packing::xz);
         return packed.substr(0, packed.size() / 2);
       },
       {"the archive's xz data is damaged or truncated", "get the image anew"}},
      {"a compressed archive that unfolds to far more than it is",
       [] { return pack(std::string(std::size_t{200} << 20U, '\0'), Packing::bzip2); },
       {"the archive unfolds to more than 1000 times its size", "made to fill disks"}},
      {"an archive cut off between two entries",
       [] { return make_tar(docker_save_entries({standard_image()}, Layout::docker25), false); },
       {"it is truncated: the mark that ends an archive is missing", kAnew}},
      {"no manifest.json",
       [] { return spoiled(Layout::legacy, [](Entries& all) { drop_entry(all, "manifest.json"); }); },
       {"image-auto: the archive has no manifest.json", "not what docker save writes"}},
      {"a manifest.json that is no JSON",
       [] { return with_manifest([](auto&) { return std::string("[{]"); }); },
       {"manifest.json is not JSON", kAnew}},
      {"a manifest.json that is an object",
       [] { return with_manifest([](auto&) { return std::string("{}"); }); },
       {"manifest.json is no list of images", kAnew}},
      {"a manifest.json of no image",
       [] { return with_manifest([](auto&) { return std::string("[]"); }); },
       {"manifest.json lists no image", kAnew}},
      {"a layer that is not there",
       [] {
         return spoiled(Layout::docker25,
                        [](Entries& all) { drop_entry(all, "blobs/sha256/" + first_layer_digits()); });
       },
       {"the archive has no blobs/sha256/" + first_layer_digits(), "names as layer 1 of box:latest", kAnew}},
      {"a layer that manifest.json names wrongly",
       [] { return with_manifest([](const auto& text) { return replaced(text, first_layer_digits(), "nowhere"); }); },
       {"the archive has no blobs/sha256/nowhere", "names as layer 1 of box:latest", kAnew}},
      {"a configuration that is not there",
       [] {
         return spoiled(Layout::docker25, [](Entries& all) { drop_entry(all, "blobs/sha256/" + config_digits()); });
       },
       {"the archive has no blobs/sha256/" + config_digits(), "names as the configuration of box:latest", kAnew}},
      {"a configuration that is no JSON",
       [] {
         return spoiled(Layout::legacy,
                        [](Entries& all) { entry_named(all, config_digits() + ".json").content = "x"; });
       },
       {"the image's configuration " + config_digits() + ".json is not JSON", kAnew}},
      {"a configuration of another digest",
       [] {
         return spoiled(Layout::docker25, [](Entries& all) {
           TarEntry& config = entry_named(all, "blobs/sha256/" + config_digits());
           config.content = replaced(config.content, "hello", "other");
         });
       },
       {"its content is not what the image names", "expected sha256:" + config_digits(), kAnew}},
      {"a configuration of another digest in the old layout",
       [] {
         return spoiled(Layout::legacy, [](Entries& all) {
           TarEntry& config = entry_named(all, config_digits() + ".json");
           config.content = replaced(config.content, "hello", "other");
         });
       },
       {"its content is not what the image names", "expected sha256:" + config_digits(), kAnew}},
      {"a configuration of another system",
       [] {
         return with_manifest(
             [](const auto&) { return std::string(R"([{"Config":"c","RepoTags":null,"Layers":[]}])"); });
       },
       {"the archive has no c, which its manifest.json names as the configuration", kAnew}},
  };
}

std::vector<Row> unreadable_layers() {
  return {
      {"a layer of another digest",
       [] {
         return spoiled(Layout::docker25, [](Entries& all) {
           TarEntry& layer = entry_named(all, "blobs/sha256/" + first_layer_digits());
           layer.content = replaced(layer.content, "removed by", "spoiled by");
         });
       },
       {"the layer's content is not what the image names", "expected sha256:" + first_layer_digits(), kAnew}},
      {"a layer that is no tar",
       [] {
         ImageSpec image = standard_image();
         image.layers.push_back({"this is no tar, though its digest is right"});
         return docker_save({image}, Layout::docker25);
       },
       {"the layer's tar is damaged or truncated", "get the image anew"}},
      {"a layer cut off",
       [] {
         ImageSpec image = standard_image();
         image.layers[0].tar.resize(image.layers[0].tar.size() / 2);
         return docker_save({image}, Layout::docker25);
       },
       {"the layer's tar is damaged or truncated (at or after 'bin/busybox')", "get the image anew"}},
      {"a name that climbs",
       [] { return with_layer({file("../escaped", "x")}); },
       {"entry '../escaped' has '..' in its name", "made to do harm"}},
      {"a name that climbs later",
       [] {
         return with_layer({directory("a/"), file("a/../../../escaped", "x")});
       },
       {"entry 'a/../../../escaped' has '..' in its name", "made to do harm"}},
      {"a hard link that climbs",
       [] { return with_layer({hard_link("a", "../../etc/passwd")}); },
       {"entry 'a' is a hard link to '../../etc/passwd', which lies outside", "made to do harm"}},
      {"a name through a link that leads nowhere",
       [] {
         return with_layer({soft_link("a", "nowhere/b"), file("a/c", "x")});
       },
       {"entry 'a/c' lies behind the link 'a', which leads nowhere in the layer"}},
      {"a name through a link that leads to itself",
       [] {
         return with_layer({soft_link("a", "a"), file("a/c", "x")});
       },
       {"entry 'a/c' lies behind the link 'a', which leads nowhere in the layer"}},
      {"a hard link to what is not there", [] { return with_layer({hard_link("a", "nowhere")}); }, {"'a'", "nowhere"}},
      {"a file in the place of a parent",
       [] {
         return with_layer({file("a", "x"), file("a/b", "x")});
       },
       {"entry 'a/b' lies in 'a', which is no directory"}},
  };
}

void check_rows(const std::vector<Row>& rows, const std::vector<std::string>& verbs, const std::string& begin) {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    for (const Row& row : rows) {
      setting.forget_store();
      const std::string image = setting.file("image.tar", row.archive());
      std::vector<std::string> parts = row.parts;
      parts.insert(parts.begin(), begin);
      for (const std::string& verb : verbs) {
        std::vector<std::string> words{image};
        if (verb == "unpack") words.push_back(setting.own("tree"));
        INFO(row.what << ", " << verb << " as " << to_text(who));
        CHECK(setting.refusal(verb, words, parts) == "");
      }
    }
  }
}

}  // namespace

TEST_CASE("an archive that cannot be an image is refused with the reason") {
  check_rows(unreadable_archives(), {"run", "plan", "unpack"}, "error: ");
}

TEST_CASE("a layer that is damaged, or made to do harm, is refused by name") {
  check_rows(unreadable_layers(), {"run"}, "rootfs: fs-overlay: step ");
  check_rows(unreadable_layers(), {"unpack"}, "error: unpack: ");
}

TEST_CASE("unpacking that fails leaves a directory that was there, empty") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    const std::string image = setting.archive_with({file("../escaped", "x")});
    const std::string target = setting.own("there");
    REQUIRE(run({.arguments = {"mkdir", "-m", "0777", target}}).shell_status() == 0);
    if (const auto identity = setting.identity()) REQUIRE(::chown(target.c_str(), identity->uid, identity->gid) == 0);
    CHECK(setting.refusal("unpack", {image, target}, {"'../escaped' has '..' in its name"}) == "");
    CHECK(std::filesystem::is_empty(target));
  }
}

TEST_CASE("an image that is not there, or is no file, is refused") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    for (const std::string verb : {"run", "plan", "unpack"}) {
      INFO(verb << " as " << to_text(who));
      std::vector<std::string> rest;
      if (verb == "unpack") rest.push_back(setting.own("tree"));
      const auto words = [&](const std::string& target) {
        std::vector<std::string> all{target};
        all.insert(all.end(), rest.begin(), rest.end());
        return all;
      };
      CHECK(setting.refusal(verb, words("nowhere.tar"),
                            {"open: nowhere.tar: No such file or directory",
                             "an archive of docker save, an OCI image layout"}) == "");
      CHECK(setting.refusal(verb, words("/dev/null"),
                            {"the image is no file, directory or pipe: /dev/null", "docker save -o"}) == "");
      CHECK(setting.refusal(verb, words(""), {"the target's name is empty"}) == "");
    }
  }
  SLIPWAY_SETTING(Who::range);
  const std::string secret = setting.scratch().write("secret.tar", standard_archive(), 0600);
  CHECK(setting.refusal("run", {secret}, {"open: " + secret + ": Permission denied"}) == "");
}

TEST_CASE("a directory to unpack into must be empty and a directory") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string image = setting.archive();
    const std::string full = setting.scratch().directory("full", 0, 0, 0777);
    setting.file("full/kept", "as it was");
    CHECK(setting.refusal("unpack", {image, full},
                          {"unpack into: " + full + ": Directory not empty", "a directory that is empty"}) == "");
    CHECK(read_file(full + "/kept") == "as it was");
    CHECK(std::filesystem::exists(full + "/bin") == false);
    const std::string text = setting.file("text", "");
    const std::string hint = "\n  hint: name a directory that is empty or does not exist";
    CHECK(setting.refusal("unpack", {image, text}, {text + ": Not a directory", hint}) == "");
    CHECK(setting.refusal("unpack", {image, setting.own("no/such/place")}, {"No such file or directory", hint}) == "");
    const std::string link = setting.own("ring");
    REQUIRE(::symlink("ring", link.c_str()) == 0);
    CHECK(setting.refusal("unpack", {image, link}, {"Too many levels of symbolic links", hint}) == "");
    if (who == Who::root) continue;
    const std::string theirs = setting.scratch().directory("theirs", 0, 0, 0777);
    CHECK(setting.refusal("unpack", {image, theirs},
                          {"unpack into: " + theirs + ", which belongs to user 0",
                           "\n  hint: name a directory of your own"}) == "");
    const std::string closed = setting.scratch().directory("closed", 0, 0, 0700);
    CHECK(setting.refusal("unpack", {image, closed}, {"Permission denied", hint}) == "");
    CHECK(setting.refusal("unpack", {image, closed + "/new"}, {"Permission denied", hint}) == "");
  }
}

TEST_CASE("a name through a link that leads out is followed inside the image only") {
  for (const Who who : kEach) {
    SLIPWAY_SETTING(who);
    INFO(to_text(who));
    const std::string outside = setting.scratch().directory("outside", 0, 0, 0777);
    setting.file("outside/kept", "as it was");
    const std::string up = "../../../../../../../../..";
    Entries entries{soft_link("absolute", outside), soft_link("climbing", up + outside), soft_link("up", up)};
    std::string below;  // the same path inside the layer
    for (std::size_t at = 1; at < outside.size();) {
      const std::size_t end = std::min(outside.find('/', at), outside.size());
      below = outside.substr(1, end - 1) + "/";
      entries.push_back(directory(below, 0755));
      at = end + 1;
    }
    entries.insert(entries.end(), {file("absolute/kept", "of the image"), file("climbing/new", "of the image"),
                                   file("up/top", "of the image"), file("climbing/.wh.kept-too")});
    const std::string image = setting.archive_with(entries);
    const Outcome outcome = setting.slipway("run", {"--set", "pseudo=[]", "--set", "harden=[]", image, "sh", "-c",
                                                    "cat /absolute/kept /climbing/new /top"});
    CHECK(outcome.errors == "");
    CHECK(outcome.output == "of the imageof the imageof the image");
    const std::string tree = setting.own("tree");
    CHECK(setting.slipway("unpack", {image, tree}).shell_status() == 0);
    CHECK(std::filesystem::exists(tree + outside + "/new"));
    CHECK(read_file(outside + "/kept") == "as it was");
    CHECK_FALSE(std::filesystem::exists(outside + "/new"));
    CHECK_FALSE(std::filesystem::exists("/top"));
  }
}

TEST_CASE("an archive of several images asks which, and names them") {
  ImageSpec other = standard_image();
  other.tags = {"other:1"};
  other.command = {"/bin/true"};
  SLIPWAY_SETTING(Who::root);
  const std::string image = setting.file("image.tar", docker_save({standard_image(), other}, Layout::docker25));
  CHECK(setting.refusal("run", {image},
                        {"holds 2 images and none is chosen", "--set image.image=TAG: box:latest, other:1"}) == "");
  CHECK(setting.refusal("plan", {"--set", "image.image=bax", image},
                        {"holds no image \"bax\"", "it holds: box:latest, other:1"}) == "");
}
