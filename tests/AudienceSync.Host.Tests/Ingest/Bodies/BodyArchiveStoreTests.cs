using System.Globalization;
using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Ingest.Bodies;

public sealed class BodyArchiveStoreTests
{
    private const int Seed = 99;

    private const string PartitionsSql =
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'raw_bodies'::regclass order by 1";

    [Fact]
    public async Task A_position_finds_the_body_it_came_from()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        var random = new Random(Seed);
        var bodyOf = new Dictionary<string, string>();
        for (var batch = 0; batch < 20; batch++)
        {
            var requests = Enumerable.Range(0, random.Next(1, 6)).Select(r => Request(workspace, random, $"{batch}-{r}")).ToList();
            var outcomes = await log.AppendAsync(requests, default);
            var appended = requests.SelectMany(
                (r, n) => r.Events.Where((_, e) => outcomes[n].Items.Span[e] != ItemOutcome.Duplicate).Select(e => (r, e))
            );
            foreach (var (request, pending) in appended)
            {
                bodyOf[pending.Id.ToString()] = Encoding.UTF8.GetString(request.Body.Span);
            }

            workspace.Clock.Advance(TimeSpan.FromHours(2));
        }

        var archive = new BodyArchiveStore(workspace.Database, workspace.Seal);
        foreach (var row in await workspace.RowsAsync("select seq_id, id, type from mt_events order by seq_id"))
        {
            var (position, id) = (long.Parse(row.Split(' ')[0], CultureInfo.InvariantCulture), row.Split(' ')[1]);
            var body = await archive.FindAsync(new Position(position), default);
            (body is null ? null : Encoding.UTF8.GetString(body)).ShouldBe(bodyOf.GetValueOrDefault(id), $"{row}, seed {Seed}");
        }

        bodyOf.Count.ShouldBeGreaterThan(50);
        (await workspace.AskAsync<long>("select count(*) from mt_events where type = 'person_identifiers_changed'")).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_position_that_is_not_written_yet_has_no_body()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);

        (await new BodyArchiveStore(workspace.Database, workspace.Seal).FindAsync(new Position(1_000_000), default)).ShouldBeNull();
        (await new BodyArchiveStore(workspace.Database, workspace.Seal).FindAsync(Position.Start, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Partitions_are_created_ahead_and_dropped_after_their_retention()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var partitions = new BodyPartitionStore(workspace.Database, workspace.Clock, NullLogger<BodyPartitionStore>.Instance);
        (await workspace.RowsAsync(PartitionsSql)).ShouldBe(["raw_bodies_20261121", "raw_bodies_20261122", "raw_bodies_20261123"]);
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e", TestWorkspace.Start, "c"))], default);

        workspace.Clock.Advance(TimeSpan.FromDays(BodyPartitionStore.RetentionDays));
        await partitions.EnsureAsync(default);
        await partitions.EnsureAsync(default);
        (await workspace.AskAsync<long>("select count(*) from raw_bodies")).ShouldBe(1, "the last day of its retention");
        workspace.Clock.Advance(TimeSpan.FromDays(1));
        await partitions.EnsureAsync(default);

        (await workspace.RowsAsync(PartitionsSql)).ShouldBe([
            "raw_bodies_20261122",
            "raw_bodies_20261123",
            "raw_bodies_20261205",
            "raw_bodies_20261206",
            "raw_bodies_20261207",
            "raw_bodies_20261208",
        ]);
        (await new BodyArchiveStore(workspace.Database, workspace.Seal).FindAsync(new Position(2), default)).ShouldBeNull("it was dropped");
    }

    [Fact]
    public async Task Bodies_are_not_readable_in_their_table()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e", TestWorkspace.Start, "c"))], default);

        var cipher = await workspace.AskAsync<byte[]>("select cipher from raw_bodies");

        cipher.AsSpan().IndexOf("body of"u8).ShouldBe(-1);
    }

    // Some events are sent twice, some people change their address, some bodies are empty.
    private static PendingRequest Request(TestWorkspace workspace, Random random, string name)
    {
        var events = Enumerable
            .Range(0, random.Next(1, 4))
            .Select(n =>
            {
                var email = random.Next(3) == 0 ? $"{name}@shop.example" : null;
                return workspace.Webhooks.Add(
                    random.Next(5) == 0 ? "same" : $"{name}-{n}",
                    workspace.Clock.GetUtcNow(),
                    $"c{random.Next(8)}",
                    email
                );
            })
            .ToArray();
        return random.Next(10) == 0 ? TestWebhooks.Request(events) with { Body = default } : TestWebhooks.Request(events);
    }
}
