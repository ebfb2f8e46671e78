// The examples of `mdlc help SLUG` for the diagnostics of this stage really produce them.
#include "ParseFixture.h"
#include "compiler/support/DiagnosticVerify.h"
#include "compiler/support/Explain.h"

namespace mdl::test {

TEST(Explain, SyntaxExamplesProduceTheirError) {
  int count = 0;
  for (std::string_view slug :
       {"unclosed", "unopened", "syntax-error", "unknown-declaration", "bad-number", "bad-string"}) {
    Parsed parsed{std::string(explanation(slug).value())};
    EXPECT_EQ(verifyDiagnostics(parsed.sources, parsed.diagnostics).differences, "") << slug;
    EXPECT_EQ(parsed.diagnostics.errorCount(), 1u) << slug;
    ++count;
  }
  EXPECT_EQ(count, 6);
}

} // namespace mdl::test
