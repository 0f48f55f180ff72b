using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// Every removal, suppression and withdrawal, in every form, with every optional field replaced by every junk value: each takes
/// effect. About fifteen thousand events, through HTTP to the folded membership.
/// </summary>
public sealed class RemovalMatrixTests
{
    internal const int FoldedWithin_s = 120;

    // Nothing is bound: the platform side is tested elsewhere, and only one list could hold all of them.
    internal static TestHostOptions Unbound =>
        IngestHost.Options with
        {
            Yaml = yaml => yaml[..yaml.IndexOf("    bindings:", StringComparison.Ordinal)],
        };

    [Fact]
    public async Task A_removal_takes_effect_with_any_value_in_a_field_that_it_does_not_need()
    {
        var cases = RemovalMatrix.Cases();
        cases.Count.ShouldBeGreaterThan(5_000);
        await using var host = await TestHost.StartAsync(Unbound);
        var people = new Dictionary<string, RemovalCase>(StringComparer.Ordinal);
        foreach (var chunk in cases.Chunk(500))
        {
            var answer = await host.PostAsync($"[{string.Join(',', chunk.Select(one => RemovalMatrix.Add(one).ToJsonString()))}]");
            answer.Status.ShouldBe(200, answer.Text);
            foreach (var (one, receipt) in chunk.Zip(answer.Results))
            {
                people[receipt.GetProperty("receipt_id").GetString()!] = one;
            }
        }

        await host.WaitUntilQuietAsync(FoldedWithin_s);
        (await StatesAsync(host)).Values.ShouldAllBe(state => state == 1);

        var refused = new List<string>();
        foreach (var chunk in cases.GroupBy(one => one.IsBatch).SelectMany(route => route.Chunk(500)))
        {
            var answer = chunk[0].IsBatch
                ? await host.BatchAsync(chunk.Select(one => one.Json))
                : await host.PostAsync($"[{string.Join(',', chunk.Select(one => one.Json))}]");
            refused.AddRange(chunk.Zip(answer.Results).Where(one => !IsAccepted(one.Second)).Select(one => $"{one.First}: {one.Second}"));
        }

        refused.ShouldBeEmpty();
        await host.WaitUntilQuietAsync(FoldedWithin_s);
        var states = await StatesAsync(host);
        states.Count.ShouldBe(cases.Count);
        states
            .Where(state => !people[state.Key].Effects.Contains(state.Value))
            .Select(state => $"{people[state.Key]}: {state.Value}")
            .ShouldBeEmpty();
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
    }

    private static bool IsAccepted(System.Text.Json.JsonElement receipt) =>
        receipt.GetProperty("status").GetString() == "accepted"
        && Sample
            .Warnings(receipt)
            .All(warning => WarningCodes.All.Contains(warning.Split(' ')[0]) && !warning.Contains("junk", StringComparison.Ordinal));

    /// <summary>The current membership state of each person, by the receipt of their add.</summary>
    internal static async Task<Dictionary<string, short>> StatesAsync(TestHost host)
    {
        var all = await host.ScalarAsync<string>(
            """
            select string_agg(e.id || ' ' || m.state, ',') from mt_events e join membership m on m.person = e.stream_id
            where e.type = 'audience_member_added'
            """
        );
        return all.Split(',')
            .Select(row => row.Split(' '))
            .ToDictionary(row => row[0], row => short.Parse(row[1], null), StringComparer.Ordinal);
    }
}
