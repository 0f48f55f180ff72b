using AudienceSync.CodeRules.Sources;
using AudienceSync.Domain.Events;

namespace AudienceSync.CodeRules.Documents;

public sealed class GoldenFileTests
{
    [Fact]
    public void Every_event_alias_has_its_golden_file() =>
        EventTypes
            .ByAlias.Keys.Select(alias => alias.EndsWith("_v2", StringComparison.Ordinal) ? alias[..^3] + ".v2" : alias + ".v1")
            .Select(form => $"tests/AudienceSync.Domain.Tests/Events/Golden/{form}.json")
            .Except(Repository.Files, StringComparer.Ordinal)
            .ShouldBeEmpty();
}
