using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/normalizers.md matches the rules.</summary>
public sealed class NormalizersPageTests
{
    private const string Page = "docs/normalizers.md";

    [Fact]
    public void The_page_is_what_the_code_writes()
    {
        var written = NormalizersPage.Write();
        if (string.Equals(Environment.GetEnvironmentVariable("AUDIENCESYNC_WRITE_DOCS"), "1", StringComparison.Ordinal))
        {
            File.WriteAllText(Path.Combine(Repository.Root, Page), written);
        }

        Repository
            .Read(Page)
            .ShouldBe(
                written,
                "AUDIENCESYNC_WRITE_DOCS=1 dotnet test tests/AudienceSync.CodeRules --filter NormalizersPage writes it again."
            );
    }
}
