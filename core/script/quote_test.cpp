#include "core/script/quote.hpp"

#include <catch2/catch.hpp>

#include "tests/support/process.hpp"

namespace slipway::script {
namespace {

std::string printed_by_shell(const std::string& command) {
  const tests::Outcome outcome = tests::run({.arguments = {"sh", "-c", command}});
  INFO(command << "\n" << outcome.errors);
  CHECK(outcome.shell_status() == 0);
  return outcome.output;
}

const std::vector<std::string>& hostile_words() {
  static const std::vector<std::string> kWords = {
      "",
      "plain-word_1./:,@%+=",
      "=ls",
      "~",
      "~root/x",
      "*",
      "a b\tc",
      "-n",
      "--",
      "it's",
      "'",
      "''",
      "'\\''",
      "\"double\"",
      "$(touch /tmp/no)`touch /tmp/no`${HOME}$$",
      "line\nbreak",
      "\n",
      "ends in a line break\n",
      "back\\slash\\n\\",
      "#no comment",
      "!history;&|<>(){}[]?",
      "\x01\x7f\xc3\xa4\xff\xfe",
      "%s%d%n",
      "INSIDE\nINSIDE",
  };
  return kWords;
}

TEST_CASE("a shell takes every quoted word for what it is") {
  for (const std::string& word : hostile_words()) {
    CAPTURE(word);
    CHECK(printed_by_shell("printf '<%s>' " + quoted(word)) == "<" + word + ">");
  }
  std::string all;
  for (const std::string& word : hostile_words()) all += "<" + word + ">";
  CHECK(printed_by_shell("printf '<%s>'" + quoted_all(hostile_words())) == all);
}

TEST_CASE("words that need no quotes have none") {
  CHECK(quoted("/proc/sys") == "/proc/sys");
  CHECK(quoted("A=b") == "A=b");
  CHECK(quoted("") == "''");
}

TEST_CASE("a comment stays one, whatever it tells") {
  CHECK(comment("a\nrm -rf /\r\x1b[2J") == "# a\\x0arm -rf /\\x0d\\x1b[2J\n");
}

}  // namespace
}  // namespace slipway::script
