using System.Text;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Events;

/// <summary>The files are the storage format. They are never edited once released: a changed form is a new event and a new file.</summary>
public sealed class GoldenFileTests
{
    public static TheoryData<string> Aliases => [.. EventTypes.ByAlias.Keys];

    [Theory]
    [MemberData(nameof(Aliases))]
    public void An_event_is_written_exactly_as_its_golden_file(string alias) =>
        Encoding.UTF8.GetString(EventJson.Write(Golden(alias))).ShouldBe(File(alias));

    [Theory]
    [MemberData(nameof(Aliases))]
    public void A_golden_file_is_read_as_its_event(string alias) =>
        EventJson.Read(alias, Encoding.UTF8.GetBytes(File(alias))).ShouldBe(Golden(alias));

    [Theory]
    [MemberData(nameof(Aliases))]
    public void A_written_event_is_read_again_unchanged(string alias) =>
        EventJson.Read(alias, EventJson.Write(Golden(alias))).ShouldBe(Golden(alias));

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Properties_of_a_newer_version_are_ignored(string alias)
    {
        var newer = "{\"tomorrow\":{\"revision\":9,\"deep\":[1,{}]}," + File(alias)[1..];
        EventJson.Read(alias, Encoding.UTF8.GetBytes(newer)).ShouldBe(Golden(alias));
    }

    [Fact]
    public void Every_golden_file_belongs_to_a_row_of_the_registry()
    {
        var files = Directory.GetFiles(Folder).Select(Path.GetFileName);
        files.ShouldBe(
            EventTypes.ByAlias.Keys.Concat(EventUpcasters.Aliases).Select(Name).Concat(GoldenEvents.Variants.Keys),
            ignoreOrder: true
        );
    }

    [Fact]
    public void A_form_with_an_optional_field_is_written_and_read_exactly_as_its_golden_file()
    {
        foreach (var (file, stored) in GoldenEvents.Variants)
        {
            var text = System.IO.File.ReadAllText(Path.Combine(Folder, file)).TrimEnd('\n');
            Encoding.UTF8.GetString(EventJson.Write(stored)).ShouldBe(text);
            EventJson.Read(EventTypes.AliasOf(stored), Encoding.UTF8.GetBytes(text)).ShouldBe(stored);
        }
    }

    [Fact]
    public void An_older_form_is_read_as_the_current_event_and_never_written()
    {
        foreach (var alias in EventUpcasters.Aliases)
        {
            var read = EventJson.Read(alias, Encoding.UTF8.GetBytes(File(alias)));
            read.ShouldBe(GoldenEvents.Older[alias]);
            EventTypes.AliasOf(read).ShouldBe(EventUpcasters.CurrentAlias(alias));
            EventTypes.ByAlias.ContainsKey(alias).ShouldBeFalse();
        }
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Events", "Golden");

    private static string File(string alias) => System.IO.File.ReadAllText(Path.Combine(Folder, Name(alias))).TrimEnd('\n');

    // The number of the form is the alias's suffix; the first form has none.
    private static string Name(string alias) =>
        alias is [.. var first, '_', 'v', >= '2' and <= '9'] ? $"{first}.v{alias[^1]}.json" : alias + ".v1.json";

    private static IStoredEvent Golden(string alias) => GoldenEvents.All.Single(e => e.GetType() == EventTypes.ByAlias[alias]);
}
