using AudienceSync.CodeRules.Sources;
using AudienceSync.Domain.Events;

namespace AudienceSync.CodeRules.Documents;

public sealed class GoldenFileTests
{
    [Fact]
    public void Every_event_alias_has_its_golden_file() =>
        EventTypes.ByAlias.Keys
            .Select(alias => $"tests/AudienceSync.Domain.Tests/Events/Golden/{alias}.v1.json")
            .Except(Repository.Files, StringComparer.Ordinal)
            .ShouldBeEmpty();
}
