// What the tests of this folder share: a directory of their own, fixtures copied into it, and changed ones.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/plugins/plugins.hpp"

namespace slipway::plugins::test {

inline const std::string kFixtures = SLIPWAY_FIXTURES;

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A directory of the test's own, gone at its end.
class TempDir {
 public:
  TempDir() {
    char name[] = "/tmp/slipway-plugins-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& bytes) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  /// A fixture under another name, with one text in it replaced by another of the same length.
  std::string fixture(const std::string& fixture, const std::string& name, const std::string& text = {},
                      const std::string& by = {}) const {
    std::string bytes = bytes_of(kFixtures + "/" + fixture + ".so");
    if (!text.empty()) {
      REQUIRE(text.size() == by.size());
      const std::size_t at = bytes.find(text);
      REQUIRE(at != std::string::npos);
      bytes.replace(at, text.size(), by);
    }
    return write(name + ".so", bytes);
  }

 private:
  std::string path_;
};

inline Finder finder(const std::string& directory, Ownership ownership = Ownership::off) {
  return Finder({{directory, false}}, host::Vocabulary{{"image"}, {"slipway.source.1"}}, ownership);
}

/// The failure as a user reads it.
template <class T>
std::string told(const Result<T>& result) {
  if (result) return "went well";
  return sentence(result.error()) + (result.error().hint.empty() ? "" : " (" + result.error().hint + ")");
}

}  // namespace slipway::plugins::test
