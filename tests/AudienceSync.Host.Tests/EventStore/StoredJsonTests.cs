using System.Text.Json.Nodes;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.Workspaces;
using Marten;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>Marten stores and reads every event in the form of the golden files, older forms included.</summary>
public sealed class StoredJsonTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order()];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_golden_event_read_and_appended_by_Marten_is_stored_as_its_golden_file(string file)
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var golden = await File.ReadAllTextAsync(Path.Combine(Folder, file + ".json"));
        var alias = Alias(file);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await workspace.ExecuteAsync(
            $"""
            select append_lock();
            insert into mt_streams (id, version) values ('{first}', 1);
            insert into mt_events (id, stream_id, version, type, data)
              values ('{Guid.NewGuid()}', '{first}', 1, '{alias}', '{golden.Replace(
                "'",
                "''",
                StringComparison.Ordinal
            )}');
            """
        );

        await using var session = UnitOfWork.Open(workspace.Database.Store);
        var read = (await session.Events.FetchStreamAsync(first)).Single().Data;
        session.Events.StartStream(second, read);
        await session.SaveChangesAsync();

        var current = EventUpcasters.CurrentAlias(alias);
        (await workspace.AskAsync<string>($"select type from mt_events where stream_id = '{second}'")).ShouldBe(current);
        var stored = await workspace.AskAsync<string>($"select data::text from mt_events where stream_id = '{second}'");
        var expected = current == alias ? golden : System.Text.Encoding.UTF8.GetString(EventJson.Write((IStoredEvent)read));
        JsonNode.DeepEquals(JsonNode.Parse(stored), JsonNode.Parse(expected)).ShouldBeTrue($"stored: {stored}\ngolden: {golden}");
    }

    // audience_key_published.v2 is stored as audience_key_published_v2, every first version without a suffix.
    private static string Alias(string file) => file.Split('.') is [var name, "v1", ..] ? name : string.Join('_', file.Split('.')[..2]);
}
