using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Tests.Serving;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Replay;

/// <summary>
/// Eighteen months of a real shop through the whole Host. At six dates every person is exactly in the audiences that follow from the file.
/// All customers in <c>./prove</c>, every fourth one in <c>./test</c>.
/// </summary>
public sealed class CdnowReplayTests(ITestOutputHelper output)
{
    private const int Seed = 19_970_101;
    private const double Duplicates = 0.2;
    private static readonly int EveryCustomer = ProveFactAttribute.IsProving ? 1 : 4;
    private static readonly int EventsPerRequest = 500 / EveryCustomer;

    /// <summary>At noon, so that no window ends exactly at the time of a check.</summary>
    private static readonly DateTimeOffset[] CheckTimes =
    [
        Noon(1997, 2, 15),
        Noon(1997, 5, 1),
        Noon(1997, 8, 20),
        Noon(1997, 12, 24),
        Noon(1998, 3, 10),
        Noon(1998, 6, 30),
    ];

    private static readonly TestAudience[] Audiences = [new("winback_45d", 45), new("post_purchase_14d", 14)];

    private readonly Random _random = new(Seed);
    private readonly List<ReplayedWebhook> _sent = [];

    [SkippableFact]
    public async Task Membership_and_platform_follow_from_the_purchases_at_every_date()
    {
        Skip.IfNot(File.Exists(CdnowFile.Path), $"skipped: there is no {CdnowFile.Path}");
        output.WriteLine($"seed {Seed}");
        var all = CdnowFile.ReadPurchaseDays();
        all.Count.ShouldBe(23_570, "customers of the file");
        var purchases = all.Where((_, number) => number % EveryCustomer == 0).ToDictionary();
        var webhooks = purchases
            .SelectMany(customer => CdnowWebhooks.Of(customer.Key, customer.Value))
            .OrderBy(webhook => webhook.OccurredAt)
            .ToList();
        var clock = new OffsetClock(CheckTimes[0]);
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = clock, Audiences = Audiences });
        var customers = purchases.Keys.ToDictionary(customer =>
            host.Server.Workspaces["default"].Get<AliasDigester>().Digest(IdentifierKind.CustomerId, customer).Digest.Value
        );
        var position = 0;
        foreach (var checkTime in CheckTimes)
        {
            clock.Set(checkTime);
            var fresh = webhooks.Skip(position).TakeWhile(webhook => webhook.OccurredAt <= checkTime).ToList();
            position += fresh.Count;
            await SendAsync(host, fresh);
            await host.WaitUntilQuietAsync(atMost_s: 120, seen: status => ApproveAsync(host, status));
            await CompareAsync(host, purchases, customers, checkTime);
        }

        position.ShouldBe(webhooks.Count, "all were sent");
        await ComparePastAsync(host);
        var projector = (await host.GetAsync("/v1/status")).GetProperty("projector");
        (projector.GetProperty("applied").GetInt64() + projector.GetProperty("superseded").GetInt64()).ShouldBe(
            await host.ScalarAsync<long>("select count(*) from mt_events")
        );
        (await host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(webhooks.Count);
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
    }

    // A page from anywhere, as of 100 moments, is what a fold of the log's prefix gives. In the mode "known", the moments are during the
    // recording of the events and in the weeks after; in the mode "happened", anywhere in the eighteen months.
    private async Task ComparePastAsync(TestHost host)
    {
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_linked'")).ShouldBe(0);
        var log = await LogPrefix.ReadAsync(host);
        var people = log.Facts.Select(fact => fact.Person).Distinct().ToList();
        var (members, prefixes) = (0, new HashSet<DateTimeOffset>());
        for (var n = 0; n < 200; n++)
        {
            var (audience, known) = (Audiences[n % 4 / 2], n % 2 == 0);
            var recorded = log.Facts[_random.Next(log.Facts.Count)].RecordedAt;
            var at = known
                ? recorded + (TimeSpan.FromDays(1) * (_random.Next(3) * _random.Next(20)))
                : CheckTimes[0].AddMinutes(_random.Next(-40 * 1_440, 500 * 1_440));
            var window = TimeSpan.FromDays(audience.Window_d!.Value);
            var expected = known ? log.Known(audience.Key, window, at) : log.Happened(audience.Key, window, at);
            var after = people[_random.Next(people.Count)];
            var page = await host.GetAsync(
                $"/v1/audiences/{audience.Key}/members?at={at.UtcDateTime:O}&mode={(known ? "known" : "happened")}&limit=1000&after={after}"
            );
            var next = page.GetProperty("next").ValueKind == JsonValueKind.Null ? Guid.AllBitsSet : page.GetProperty("next").GetGuid();
            page.GetProperty("members")
                .EnumerateArray()
                .Select(member => member.GetProperty("person").GetGuid())
                .ToHashSet()
                .SetEquals(expected.Where(person => person.CompareTo(after) > 0 && person.CompareTo(next) <= 0))
                .ShouldBeTrue($"{audience.Key} as of {at:O}, {(known ? "known" : "happened")}, after {after}");
            members += page.GetProperty("members").GetArrayLength();
            prefixes.Add(known ? recorded : default);
        }

        output.WriteLine(
            $"{members} members on 200 pages as of 100 moments of each kind, {prefixes.Count - 1} different prefixes of the log"
        );
        members.ShouldBeGreaterThan(10_000 / EveryCustomer);
        prefixes.Count.ShouldBeGreaterThan(50);
    }

    // Months pass between two checks, so whole lists end at once, which an operator must approve.
    private static async Task ApproveAsync(TestHost host, JsonElement status)
    {
        foreach (var plan in status.GetProperty("plans").EnumerateArray().Where(plan => plan.GetProperty("state").GetString() == "waiting"))
        {
            using var approved = await host.Operator.PostAsync($"/v1/plans/{plan.GetProperty("plan").GetInt64()}/approve", content: null);
            approved.EnsureSuccessStatusCode();
        }
    }

    // The new webhooks and a fifth as many duplicates, of this time or any earlier one, in any order.
    private async Task SendAsync(TestHost host, List<ReplayedWebhook> fresh)
    {
        _sent.AddRange(fresh);
        var again = Enumerable.Range(0, (int)(fresh.Count * Duplicates)).Select(_ => _sent[_random.Next(_sent.Count)]);
        var all = fresh.Concat(again).ToArray();
        _random.Shuffle(all);
        await Parallel.ForEachAsync(
            all.Chunk(EventsPerRequest),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (chunk, _) =>
            {
                var answer = await host.PostAsync($"[{string.Join(',', chunk.Select(webhook => webhook.Json))}]");
                answer.Status.ShouldBe(200, answer.Text);
            }
        );
    }

    private async Task CompareAsync(
        TestHost host,
        IReadOnlyDictionary<string, DateOnly[]> purchases,
        Dictionary<Guid, string> customers,
        DateTimeOffset checkTime
    )
    {
        var expected = new[] { CdnowOracle.Winback(purchases, checkTime), CdnowOracle.PostPurchase(purchases, checkTime) };
        for (var i = 0; i < Audiences.Length; i++)
        {
            var members = await MembersAsync(host, Audiences[i].Key, customers);
            output.WriteLine(
                $"{checkTime:yyyy-MM-dd} {Audiences[i].Key}: {members.Count} members, {expected[i].Count} expected, "
                    + $"{_sent.Count} webhooks so far"
            );
            expected[i].Except(members).ShouldBeEmpty($"missing from {Audiences[i].Key} on {checkTime:d}");
            members.Except(expected[i]).ShouldBeEmpty($"too many in {Audiences[i].Key} on {checkTime:d}");
            (await host.Sandbox.HeldAsync(TestHost.Remote(i), "EMAIL"))
                .SetEquals(expected[i].Select(DigestOfEmail))
                .ShouldBeTrue($"the platform's list of {Audiences[i].Key} on {checkTime:d}");
        }
    }

    private static async Task<HashSet<string>> MembersAsync(TestHost host, string key, Dictionary<Guid, string> customers)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        var settings = new NpgsqlConnectionStringBuilder(host.Database) { SearchPath = "ws_default", Pooling = false };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var command = source.CreateCommand(
            """
            select a.digest from membership m join audience_keys k on k.key_id = m.key_id join person_aliases a on a.anchor = m.person
              and a.kind = 1
            where m.state = 1 and k.audience_key = $1
            """
        );
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            members.Add(customers[reader.GetGuid(0)]).ShouldBeTrue("no person is a member twice");
        }

        return members;
    }

    private static string DigestOfEmail(string customer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CdnowWebhooks.EmailOf(customer))));

    private static DateTimeOffset Noon(int year, int month, int day) =>
        new(year + CdnowFile.YearsLater, month, day, 12, 0, 0, TimeSpan.Zero);
}
