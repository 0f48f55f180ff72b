using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/normalisers.md says what the rules do.</summary>
public sealed class NormalisersPageTests
{
    private const string Page = "docs/normalisers.md";

    [Fact]
    public void The_page_is_what_the_code_writes()
    {
        var written = NormalisersPage.Write();
        if (string.Equals(Environment.GetEnvironmentVariable("AUDIENCESYNC_WRITE_DOCS"), "1", StringComparison.Ordinal))
        {
            File.WriteAllText(Path.Combine(Repository.Root, Page), written);
        }

        Repository.Read(Page).ShouldBe(
            written, "AUDIENCESYNC_WRITE_DOCS=1 dotnet test tests/AudienceSync.CodeRules --filter NormalisersPage writes it anew.");
    }
}
