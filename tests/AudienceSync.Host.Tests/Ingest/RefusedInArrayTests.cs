using System.Globalization;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>A refused event of an array is kept like one that was sent alone: its sender got a 202 and never sends it again.</summary>
public sealed class RefusedInArrayTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(IngestHost.Options);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Each_refused_event_of_an_array_is_kept_in_quarantine_with_its_code_and_its_own_text()
    {
        JsonNode?[] refused =
        [
            Sample.Without("event"),
            Sample.Without("person"),
            JsonValue.Create(7),
            null,
            Sample.With("occurred_at", "yesterday"),
        ];
        var answer = await _host.PostAsync(Sample.Array([Sample.Event(), .. refused, Sample.Event()]));

        answer.Status.ShouldBe(202);
        var codes = answer.Results.Skip(1).SkipLast(1).Select(result => result.GetProperty("code").GetString()!).ToList();
        (await KeptAsync()).ShouldBe(codes.Zip(refused, (code, item) => $"{code} {Length(item)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task In_any_mixture_accepted_and_kept_events_add_up_to_those_sent()
    {
        var random = Seeded.Random(output);
        var items = Enumerable
            .Range(0, 60)
            .Select(n =>
                random.Next(4) switch
                {
                    0 => Sample.Without("event"),
                    1 => Sample.With("audience_key", $"nobody_published_v{n + 1}"),
                    2 => Sample.Without("audience_key"),
                    _ => Sample.Event(),
                }
            )
            .ToList();
        var answer = await _host.PostAsync(Sample.Array(items));

        var outcomes = answer
            .Results.GroupBy(result => result.GetProperty("status").GetString()!)
            .ToDictionary(group => group.Key, group => (long)group.Count());
        outcomes.Values.Sum().ShouldBe(items.Count);
        (await CountAsync("mt_events where type = 'audience_member_added'")).ShouldBe(outcomes.GetValueOrDefault("accepted"));
        (await CountAsync("quarantine where refused")).ShouldBe(outcomes.GetValueOrDefault("refused"));
        (await CountAsync("quarantine where not refused")).ShouldBe(outcomes.GetValueOrDefault("quarantined"));
    }

    [Fact]
    public async Task An_array_of_only_refused_events_is_kept_too()
    {
        (await _host.PostAsync(Sample.Array([Sample.Without("event"), Sample.Without("person")]))).Status.ShouldBe(202);
        (await CountAsync("quarantine where refused")).ShouldBe(2);
    }

    private static string Length(JsonNode? item) => (item?.ToJsonString() ?? "null").Length.ToString(CultureInfo.InvariantCulture);

    private async Task<IEnumerable<string>> KeptAsync() =>
        (await _host.ScalarAsync<string[]>("select array_agg(reason || ' ' || body_bytes) from quarantine where refused")).Order(
            StringComparer.Ordinal
        );

    private Task<long> CountAsync(string table) => _host.ScalarAsync<long>($"select count(*) from {table}");
}
