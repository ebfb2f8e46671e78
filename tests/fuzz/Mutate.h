//===- Mutate.h - A small seeded fuzzer -------------------------*- C++ -*-===//
// Mutates the files of a corpus without any coverage feedback: enough for a
// run of seconds in CI, and the same inputs for the same seed. A run that takes
// longer than ten seconds counts as a hang. The input that is being tried is
// kept in `fuzz-input.mdl`, so a crash leaves it behind.
//===----------------------------------------------------------------------===//
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mdl::fuzz {

using Target = int (*)(const uint8_t *, size_t);

/// What is worth inserting: the words and brackets of the language, and bytes that are none.
inline constexpr std::string_view kPieces[] = {
    "(",       ")",       "[",        "]",      "{",        "}",
    "<",       ">",       ",",        ";",      "\n",       ":",
    "=",       "==",      "->",       "..",     "..=",      "...",
    ".",       "?",       "@",        "~",      "+",        "-",
    "*",       "/",       "^",        "\"",     "\\",       "//",
    "///",     " ",       "\t",       "\r\n",   "0",        "1_",
    "1e99",    "4.5",     "x",        "op ",    "module ",  "record ",
    "enum ",   "import ", "\nop ",    "\nfn ",  "when ",    "else ",
    "repeat ", "weight ", "traffic ", "stage ", "as ",      "times ",
    "for ",    "in ",     "if ",      "not ",   "and ",     "none",
    "true",    "read ",   "range ",   "\xFF",   "\xC3\xA4", std::string_view("\0", 1)};

/// Makes inputs from a corpus.
class Mutator {
public:
  Mutator(std::vector<std::string> corpus, uint64_t seed) : corpus_(std::move(corpus)), random_(seed) {}

  /// A part of a file of the corpus with some mutations.
  std::string next() {
    std::string text = part(corpus_[below(corpus_.size())]);
    for (size_t count = 1 + below(8); count > 0; --count) mutate(text);
    return text;
  }

private:
  size_t below(size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(random_() % limit); }
  std::string part(const std::string &text) {
    if (below(4) == 0) return text;
    size_t begin = below(text.size());
    return text.substr(begin, 1 + below(2000));
  }
  void mutate(std::string &text) {
    size_t at = below(text.size() + 1);
    switch (below(7)) {
    case 0: text.erase(at, 1 + below(20)); break;
    case 1: text.insert(at, kPieces[below(std::size(kPieces))]); break;
    case 2: // one piece many times
      for (size_t count = below(600), piece = below(std::size(kPieces)); count > 0; --count)
        text.insert(at, kPieces[piece]);
      break;
    case 3:
      if (at < text.size()) text[at] = static_cast<char>(below(256));
      break;
    case 4: text.insert(at, text.substr(below(text.size() + 1), below(100))); break;
    case 5: text.insert(at, part(corpus_[below(corpus_.size())]).substr(0, below(200))); break;
    default:
      if (at < text.size()) text.replace(at, 1, kPieces[below(std::size(kPieces))]);
    }
  }

  std::vector<std::string> corpus_;
  std::mt19937_64 random_;
};

inline std::vector<std::string> readCorpus(const std::string &folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto &entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto &path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

/// The main of a fuzzer without libFuzzer: every file of the corpus as it is, then mutations until the time is up.
inline int run(int argc, char **argv, Target target) {
  uint64_t seconds = 10, seed = 1, runs = ~uint64_t{0};
  std::string folder;
  for (int i = 1; i < argc; ++i) {
    std::string_view option = argv[i];
    if (option == "--seconds" && i + 1 < argc) seconds = std::strtoull(argv[++i], nullptr, 10);
    else if (option == "--seed" && i + 1 < argc) seed = std::strtoull(argv[++i], nullptr, 10);
    else if (option == "--runs" && i + 1 < argc) runs = std::strtoull(argv[++i], nullptr, 10);
    else folder = option;
  }
  std::vector<std::string> corpus = readCorpus(folder);
  if (corpus.empty()) return std::fprintf(stderr, "no corpus in `%s`\n", folder.c_str()), 2;
  using Clock = std::chrono::steady_clock;
  auto attempt = [&](const std::string &text) {
    std::ofstream("fuzz-input.mdl", std::ios::binary) << text;
    auto start = Clock::now();
    target(reinterpret_cast<const uint8_t *>(text.data()), text.size());
    if (Clock::now() - start > std::chrono::seconds(10)) std::fprintf(stderr, "a hang\n"), std::abort();
  };
  for (const std::string &text : corpus) attempt(text);
  Mutator mutator(corpus, seed);
  auto end = Clock::now() + std::chrono::seconds(seconds);
  uint64_t count = 0;
  for (; count < runs && Clock::now() < end; ++count) attempt(mutator.next());
  std::filesystem::remove("fuzz-input.mdl");
  std::printf("%zu corpus files and %llu mutations, seed %llu\n", corpus.size(), static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(seed));
  return 0;
}

} // namespace mdl::fuzz
