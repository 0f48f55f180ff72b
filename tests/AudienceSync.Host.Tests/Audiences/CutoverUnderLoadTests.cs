using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>
/// A version is published, filled, compared, promoted and rolled back while a journey sends a thousand events per second.
/// </summary>
public sealed class CutoverUnderLoadTests(ITestOutputHelper output) : IDisposable
{
    private const string First = RegistryStage.Audience + "_v1";
    private const string Second = RegistryStage.Audience + "_v2";

    private static readonly DateTimeOffset Start = new(2026, 1, 20, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private ListCalls _calls = null!;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, 51)]
    [InlineData(true, 52)]
    public async Task Nothing_is_lost_the_platform_gets_only_the_difference_and_a_rollback_restores_the_former_set(bool inherits, int seed)
    {
        output.WriteLine($"seed {seed}");
        await using var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = new OffsetClock(Start),
                Audiences = [new(RegistryStage.Audience, 7)],
                Flush_ms = 100,
                Network = network => _calls = new ListCalls(network),
            }
        );
        var story = new CutoverStory(Start, inherits);
        var flow = new CutoverFlow(host, story, new Random(seed));

        flow.Begin();
        await flow.SendEventAsync(story.Before());
        await flow.AcceptMoreAsync(2_000);
        await host.ApplyChangeAsync(
            $"keys/{Second}/publish",
            new
            {
                window_d = 14,
                inherit = inherits,
                by = "ann",
            }
        );
        flow.Versions = 2;
        await flow.SendEventAsync(story.Afterwards());
        await FilledAsync(host, flow);
        (await DiffAsync(host)).ShouldBe(Differences(story), "the difference that is shown");
        CutoverStory
            .Stayers.Where(person => !story.In(1, Start).Contains(person))
            .ShouldAllBe(person => CallsOf(person) == "", "the shadow sends nothing");

        await host.ApplyChangeAsync($"keys/{Second}/promote", new { by = "ann" });
        await flow.UntilAsync(() => HoldsStayersOfAsync(host, story, 2));
        await flow.AcceptMoreAsync(1_000);
        await flow.StopAsync();
        await host.WaitUntilQuietAsync(atMost_s: 120);
        await ShouldHoldAsync(host, story, 2);

        flow.Begin();
        await flow.AcceptMoreAsync(1_000);
        await host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/rollback", new { by = "ben" });
        await flow.UntilAsync(() => HoldsStayersOfAsync(host, story, 1));
        await flow.AcceptMoreAsync(1_000);
        await flow.StopAsync();
        await host.WaitUntilQuietAsync(atMost_s: 120);
        await ShouldHoldAsync(host, story, 1);

        output.WriteLine(
            $"{flow.Accepted} events in {flow.Sent.TotalSeconds:N1} s, {flow.Accepted / flow.Sent.TotalSeconds:N0} per second"
        );
        ShouldHaveGotTheDifference(story);
        await ShouldHaveLostNothingAsync(host, story);
    }

    // All events of the stayers were sent before the promotion, so their calls are known exactly.
    private void ShouldHaveGotTheDifference(CutoverStory story)
    {
        var (former, later) = (story.In(1, Start), story.In(2, Start));
        foreach (var person in CutoverStory.Stayers)
        {
            CallsOf(person)
                .ShouldBe(
                    (former.Contains(person), later.Contains(person)) switch
                    {
                        (true, true) => "+",
                        (true, false) => "+-+",
                        (false, true) => "+-",
                        _ => "",
                    },
                    person
                );
        }

        var moved = CutoverStory.Stayers.Count(person => former.Contains(person) != later.Contains(person));
        moved.ShouldBeGreaterThan(2 * CutoverStory.StayersOfAKind);
        foreach (var person in CutoverStory.AllPeople)
        {
            // No one is added who is on the list, or removed who is not: the calls add up to the difference and to nothing else.
            var calls = CallsOf(person);
            calls.ShouldBe(string.Concat(Enumerable.Range(0, calls.Length).Select(n => n % 2 == 0 ? '+' : '-')), person);
            (calls.Length % 2 == 1).ShouldBe(former.Contains(person), person);
        }

        _calls.Digests.Except(CutoverStory.AllPeople.Select(SentEvent.DigestOf)).ShouldBeEmpty();
    }

    private static async Task ShouldHaveLostNothingAsync(TestHost host, CutoverStory story)
    {
        story.Sent.Count.ShouldBeGreaterThan(6_000, "without load the test proves nothing");
        foreach (var version in new[] { 1, 2 })
        {
            (
                await host.ScalarAsync<long>(
                    "select count(*) from mt_events where type like 'audience_member%' and data ->> 'audienceKey' "
                        + $"= '{RegistryStage.Audience}_v{version}'"
                )
            ).ShouldBe(story.Sent.Count(one => one.Version == version), $"events of version {version}");
            var members = await MembersAsync(host, version);
            members
                .Order(StringComparer.Ordinal)
                .ShouldBe(story.In(version, host.Clock.GetUtcNow()).Order(StringComparer.Ordinal), $"version {version}");
        }

        var late = await host.ScalarAsync<long>(
            $"""
            select count(*) from mt_events e where e.type like 'audience_member%' and e.data ->> 'audienceKey' = '{First}'
              and e.seq_id between (select seq_id from mt_events where type = 'audience_key_promoted')
                and (select seq_id from mt_events where type = 'audience_key_rolled_back')
            """
        );
        late.ShouldBeGreaterThan(500);
        (
            await host.ScalarAsync<long>(
                $"select late_events from drains d join audience_keys k on k.key_id = d.key_id where k.audience_key = '{First}'"
            )
        ).ShouldBe(late);
        var projector = (await host.GetAsync("/v1/status")).GetProperty("projector");
        (projector.GetProperty("applied").GetInt64() + projector.GetProperty("superseded").GetInt64()).ShouldBe(
            await host.ScalarAsync<long>("select count(*) from mt_events")
        );
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
        (await host.ScalarAsync<long>("select count(*) from cutovers where finished_at is null")).ShouldBe(0);
    }

    private static async Task FilledAsync(TestHost host, CutoverFlow flow)
    {
        var head = (await host.GetAsync("/v1/status")).GetProperty("log").GetProperty("head").GetInt64();
        await flow.UntilAsync(async () =>
            (await host.GetAsync("/v1/status")).GetProperty("projector").GetProperty("position").GetInt64() >= head
            && await host.ScalarAsync<long>("select count(*) from audience_keys where inherits_from is not null and not inherit_done") == 0
        );
    }

    private static List<string> Differences(CutoverStory story)
    {
        var (former, later) = (story.In(1, Start), story.In(2, Start));
        return
        [
            .. CutoverStory
                .Stayers.Where(person => former.Contains(person) != later.Contains(person))
                .Select(person => $"{person} {(later.Contains(person) ? "enters" : "leaves")}")
                .Order(StringComparer.Ordinal),
        ];
    }

    // Only stayers: a mover may have moved again before the file was written.
    private async Task<List<string>> DiffAsync(TestHost host)
    {
        var file = _folder.Below("diff.csv");
        var run = await CommandRun.RunAsync(
            new Dictionary<string, string> { ["AUDIENCESYNC_POSTGRES"] = host.Database },
            "audiences",
            "diff",
            First,
            Second,
            "--file",
            file
        );
        run.ExitCode.ShouldBe(0, run.Error);
        var people = await PeopleAsync(host);
        return
        [
            .. (await File.ReadAllLinesAsync(file))
                .Skip(1)
                .Select(line => line.Split(','))
                .Select(row => $"{people[Guid.Parse(row[0])]} {row[1]}")
                .Where(row => row.StartsWith("stays", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static async Task<List<string>> MembersAsync(TestHost host, int version)
    {
        var people = await PeopleAsync(host);
        var list = await host.GetAsync($"/v1/audiences/{RegistryStage.Audience}_v{version}/members?limit=1000");
        var members = new List<string>();
        var deadline = Deadline.In();
        while (true)
        {
            deadline.Check("the last page of members");
            members.AddRange(list.GetProperty("members").EnumerateArray().Select(member => people[member.GetProperty("person").GetGuid()]));
            if (list.GetProperty("next").ValueKind == System.Text.Json.JsonValueKind.Null)
            {
                return members;
            }

            list = await host.GetAsync(
                $"/v1/audiences/{RegistryStage.Audience}_v{version}/members?limit=1000&after={list.GetProperty("next").GetGuid()}"
            );
        }
    }

    private static async Task<Dictionary<Guid, string>> PeopleAsync(TestHost host)
    {
        var digester = host.Server.Workspaces["default"].Get<AliasDigester>();
        var names = CutoverStory.AllPeople.ToDictionary(person =>
            digester.Digest(IdentifierKind.Email, SentEvent.DigestOf(person)).Digest.Value
        );
        var rows = await host.ScalarAsync<string[]>(
            "select array_agg(anchor || ' ' || digest) from person_aliases where kind = 2 and anchor is not null"
        );
        return rows.Select(row => row.Split(' ')).ToDictionary(row => Guid.Parse(row[0]), row => names[Guid.Parse(row[1])]);
    }

    private static async Task<bool> HoldsStayersOfAsync(TestHost host, CutoverStory story, int version)
    {
        var (held, members) = (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL"), story.In(version, Start));
        return CutoverStory.Stayers.All(person => held.Contains(SentEvent.DigestOf(person)) == members.Contains(person));
    }

    private static async Task ShouldHoldAsync(TestHost host, CutoverStory story, int version)
    {
        var held = await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL");
        held.Order(StringComparer.Ordinal)
            .ShouldBe(
                story.In(version, host.Clock.GetUtcNow()).Select(SentEvent.DigestOf).Order(StringComparer.Ordinal),
                $"the platform's list, fed by version {version}"
            );
    }

    private string CallsOf(string person) => _calls.Of(SentEvent.DigestOf(person));
}
