using System.Globalization;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Projecting;

/// <summary>
/// A shuffled history of many customers over several keys, and its expected result, computed naively: per customer and key the latest add,
/// the latest remove, and whether the add is later and its window still open.
/// </summary>
internal sealed class RandomHistory(TestWorkspace workspace, int seed, int customers, int eventsEach)
{
    private const string RowsSql = """
        select a.digest, m.key_id, m.state, m.added_at, m.removed_at, m.until_at from membership m join person_aliases a
          on a.anchor = m.person and a.kind = 1
        """;

    private readonly Random _random = new(seed);
    private readonly List<(PendingEvent Event, string Customer, int Key, bool Add)> _sent = [];

    public int Seed => seed;

    public void Make()
    {
        for (var n = 0; n < customers * eventsEach; n++)
        {
            var customer = $"c{_random.Next(customers)}";
            var key = _random.Next(workspace.Keys.All.Count);
            // Few distinct times, so that ties between adds and removes are common; some windows have ended, some have not.
            var at = TestWorkspace.Start.AddHours(-_random.Next(24 * 20));
            var email = _random.Next(10) == 0 ? $"{customer}-{_random.Next(3)}@shop.example" : null;
            var add = _random.Next(5) < 3;
            var pending = add
                ? workspace.Webhooks.Add($"{seed}/{n}", at, customer, email, key: key)
                : workspace.Webhooks.Remove($"{seed}/{n}", at, customer, email, key: key);
            _sent.Add((pending, customer, key, add));
        }
    }

    public async Task AppendAsync(int from, int count)
    {
        var log = workspace.OpenLog();
        foreach (var batch in _sent.Skip(from).Take(count).Chunk(500))
        {
            await log.AppendAsync([new PendingRequest([.. batch.Select(one => one.Event)], [], default, TestWorkspace.Start)], default);
        }
    }

    public async Task VerifyAsync(ProjectionStage stage)
    {
        var actual = (await workspace.RowsAsync(RowsSql)).Order().ToList();
        actual.ShouldBe(Expected().Order().ToList(), $"seed {seed}");
        var progress = await stage.Table.ReadProgressAsync(default);
        progress.Position.Value.ShouldBe(await stage.HeadAsync(), $"seed {seed}");
        (progress.Applied + progress.Superseded).ShouldBe(await workspace.AskAsync<long>("select count(*) from mt_events"), $"seed {seed}");
        (await workspace.RowsAsync("select changed_pos from membership group by 1 having count(*) > 1")).ShouldBeEmpty(
            "no two rows share a number"
        );
        (await workspace.AskAsync<long>("select coalesce(max(changed_pos), 0) from membership")).ShouldBeLessThanOrEqualTo(
            progress.ChangedPos
        );
    }

    private IEnumerable<string> Expected()
    {
        var now = workspace.Clock.GetUtcNow();
        foreach (var group in _sent.GroupBy(one => (one.Customer, one.Key)))
        {
            var key = workspace.Keys.ByName($"k{group.Key.Key}_v1")!;
            var added = group.Where(one => one.Add).Select(one => (DateTimeOffset?)one.Event.OccurredAt).Max();
            var removed = group.Where(one => !one.Add).Select(one => (DateTimeOffset?)one.Event.OccurredAt).Max();
            var until = added + key.Window;
            var state =
                added is null || removed >= added ? 2
                : until <= now ? 3
                : 1;
            var digest = workspace.Webhooks.Alias(IdentifierKind.CustomerId, group.Key.Customer).Digest.Value;
            yield return string.Join(' ', digest, key.KeyId, state, Text(added), Text(removed), Text(until));
        }
    }

    private static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString(CultureInfo.InvariantCulture) ?? "";
}
