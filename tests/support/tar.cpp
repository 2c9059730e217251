#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "tests/support/archive.hpp"

namespace slipway::tests {
namespace {

constexpr std::size_t kBlock = 512;

// The header of ustar; tar(5).
struct Header {
  std::array<char, 100> name;
  std::array<char, 8> mode, uid, gid;
  std::array<char, 12> size, mtime;
  std::array<char, 8> checksum;
  char type;
  std::array<char, 100> link;
  std::array<char, 8> magic;  // "ustar\0" "00"
  std::array<char, 32> user, group;
  std::array<char, 8> major, minor;
  std::array<char, 155> prefix;
  std::array<char, 12> padding;
};
static_assert(sizeof(Header) == kBlock);

template <std::size_t N>
void put_text(std::array<char, N>& field, std::string_view text) {
  std::memcpy(field.data(), text.data(), std::min(text.size(), N));
}

template <std::size_t N>
void put_octal(std::array<char, N>& field, std::uint64_t value) {
  const std::uint64_t largest = (std::uint64_t{1} << (3 * (N - 1))) - 1;
  value = std::min(value, largest);  // what does not fit stands in the pax header
  for (std::size_t i = N - 1; i-- > 0; value >>= 3) field.at(i) = static_cast<char>('0' + (value & 7));
  field.back() = '\0';
}

std::string header_block(const TarEntry& entry, char type, std::uint64_t size) {
  Header header{};
  put_text(header.name, entry.name);
  put_octal(header.mode, entry.mode);
  put_octal(header.uid, entry.uid);
  put_octal(header.gid, entry.gid);
  put_octal(header.size, size);
  put_octal(header.mtime, entry.mtime < 0 ? 0 : static_cast<std::uint64_t>(entry.mtime));
  header.type = type;
  put_text(header.link, entry.link);
  put_text(header.magic, std::string_view("ustar\0"
                                          "00",
                                          8));
  put_octal(header.major, entry.major);
  put_octal(header.minor, entry.minor);
  header.checksum.fill(' ');
  std::string block(kBlock, '\0');
  std::memcpy(block.data(), &header, kBlock);
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  for (std::size_t i = 6; i-- > 0; sum >>= 3) header.checksum.at(i) = static_cast<char>('0' + (sum & 7));
  header.checksum.at(6) = '\0';
  std::memcpy(block.data(), &header, kBlock);
  return block;
}

// "27 mtime=1700000000.000000005\n": the length counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (length != rest + std::to_string(length).size()) length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

void append_padded(std::string& tar, std::string_view bytes) {
  tar += bytes;
  tar.append((kBlock - bytes.size() % kBlock) % kBlock, '\0');
}

std::string pax_records(const TarEntry& entry) {
  std::string records;
  constexpr std::uint64_t kSevenDigits = 07777777;
  if (entry.name.size() > 100) records += pax_record("path", entry.name);
  if (entry.link.size() > 100) records += pax_record("linkpath", entry.link);
  if (entry.uid > kSevenDigits) records += pax_record("uid", std::to_string(entry.uid));
  if (entry.gid > kSevenDigits) records += pax_record("gid", std::to_string(entry.gid));
  if (entry.mtime_ns != 0 || entry.mtime < 0) {
    const std::string digits = std::to_string(1'000'000'000U + entry.mtime_ns).substr(1);
    records += pax_record("mtime", std::to_string(entry.mtime) + "." + digits);
  }
  for (const auto& [name, value] : entry.xattrs) records += pax_record("SCHILY.xattr." + name, value);
  if (entry.sparse_size != 0) {  // GNU's format 0.1
    std::string map;
    for (const auto& [offset, length] : entry.pieces) {
      map += (map.empty() ? "" : ",") + std::to_string(offset) + "," + std::to_string(length);
    }
    records += pax_record("GNU.sparse.size", std::to_string(entry.sparse_size));
    records += pax_record("GNU.sparse.numblocks", std::to_string(entry.pieces.size()));
    records += pax_record("GNU.sparse.name", entry.name);
    records += pax_record("GNU.sparse.map", map);
  }
  return records;
}

}  // namespace

TarEntry file(std::string name, std::string content, unsigned mode) {
  TarEntry entry;
  entry.name = std::move(name);
  entry.content = std::move(content);
  entry.mode = mode;
  return entry;
}

TarEntry directory(std::string name, unsigned mode) {
  TarEntry entry;
  entry.name = std::move(name);
  entry.type = TarType::directory;
  entry.mode = mode;
  return entry;
}

TarEntry soft_link(std::string name, std::string target) {
  TarEntry entry;
  entry.name = std::move(name);
  entry.type = TarType::symlink;
  entry.link = std::move(target);
  entry.mode = 0777;
  return entry;
}

TarEntry hard_link(std::string name, std::string target) {
  TarEntry entry = soft_link(std::move(name), std::move(target));
  entry.type = TarType::hard_link;
  entry.mode = 0644;
  return entry;
}

TarEntry character_device(std::string name, std::uint32_t major, std::uint32_t minor) {
  TarEntry entry;
  entry.name = std::move(name);
  entry.type = TarType::character;
  entry.major = major;
  entry.minor = minor;
  return entry;
}

std::string make_tar(const std::vector<TarEntry>& entries, bool ended) {
  std::string tar;
  for (const TarEntry& entry : entries) {
    if (const std::string records = pax_records(entry); !records.empty()) {
      TarEntry extension;
      extension.name = "PaxHeaders/entry";
      tar += header_block(extension, 'x', records.size());
      append_padded(tar, records);
    }
    tar += header_block(entry, static_cast<char>(entry.type), entry.content.size());
    append_padded(tar, entry.content);
  }
  if (ended) tar.append(2 * kBlock, '\0');
  return tar;
}

TarEntry& entry_named(std::vector<TarEntry>& entries, std::string_view name) {
  for (TarEntry& entry : entries) {
    if (entry.name == name) return entry;
  }
  throw std::runtime_error("no entry " + std::string(name));
}

void drop_entry(std::vector<TarEntry>& entries, std::string_view name) {
  std::erase_if(entries, [name](const TarEntry& entry) { return entry.name == name; });
}

}  // namespace slipway::tests
