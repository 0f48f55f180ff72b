using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>
/// The whole catalogue of metrics, shuffled, repeated and damaged as a stream of retries is: nothing but success is ever answered, and what
/// is known about each person equals a fold that is written here, of the reports that could be read.
/// </summary>
public sealed class OutcomeConformanceTests(ITestOutputHelper output)
{
    private const int People = 12;

    [Fact]
    public void The_catalogue_has_the_69_shapes_of_the_contract() => ReportShapes.All.Count.ShouldBe(69);

    [Fact]
    public async Task Every_shape_shuffled_repeated_and_damaged_is_answered_200_and_folded_right()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var reports = Reports(random);
        var sent = Repeated(reports.Select(report => report.Text).ToList(), 30, random);
        sent.AddRange(Damaged(reports, sent.Count * 5 / 100, random));
        var order = sent.ToArray();
        random.Shuffle(order);

        var answers = new int[order.Length];
        await Parallel.ForAsync(
            0,
            order.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (n, _) => answers[n] = (await host.SendAsync(ReportingStage.Request(order[n]))).Status
        );

        answers.Count(status => status / 100 != 2).ShouldBe(0, $"seed {seed}");
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'message_outcome_recorded'")).ShouldBe(
            reports.Count,
            $"seed {seed}"
        );
        await ShouldAgreeAsync(host, reports, $"seed {seed}, from the log");
        await host.ProjectedAsync();
        await ShouldAgreeAsync(host, reports, $"seed {seed}, from the documents");
        (await host.ScalarAsync<long>("select count(*) from mt_doc_person_engagement")).ShouldBe(
            reports.Select(report => report.Person).Distinct().Count()
        );
    }

    private static List<SentReport> Reports(Random random)
    {
        var reports = new List<SentReport>();
        foreach (
            var (channel, metric) in ReportShapes.All.Concat(ReportShapes.All).Append(("pigeon", "landed")).Append(("email", "deferred"))
        )
        {
            var person = random.Next(People);
            var at = Sample.Now.AddMinutes(-random.Next(60 * 24 * 20));
            var data = ReportShapes.Data(channel, metric, Address(person), random);
            var text = ReportingStage.Report(
                channel,
                metric,
                ReportingStage.Id(reports.Count),
                at,
                ReportingStage.Person(Customer(person), Address(person)),
                data
            );
            reports.Add(
                new SentReport(
                    person,
                    channel,
                    metric,
                    DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()),
                    data,
                    Encoding.UTF8.GetBytes(text)
                )
            );
        }

        return reports;
    }

    private static List<byte[]> Repeated(List<byte[]> texts, int percent, Random random)
    {
        var all = texts.ToList();
        for (var n = texts.Count * percent / 100; n > 0; n--)
        {
            all.Add(texts[random.Next(texts.Count)]);
        }

        return all;
    }

    private static IEnumerable<byte[]> Damaged(List<SentReport> reports, int count, Random random)
    {
        for (var n = 0; n < count; n++)
        {
            var text = reports[random.Next(reports.Count)].Text;
            yield return random.Next(3) switch
            {
                0 => text[..random.Next(text.Length / 2)],
                1 => Encoding.UTF8.GetBytes("{\"x\":" + n + ",\"metric\":null,\"data\":[]}"),
                _ => [.. text[..^1], 0xFF, (byte)'}'],
            };
        }
    }

    private static async Task ShouldAgreeAsync(TestHost host, List<SentReport> reports, string because)
    {
        foreach (var own in reports.GroupBy(report => report.Person))
        {
            var known = await host.EngagementOfAsync(IdentifierKind.CustomerId, Customer(own.Key));
            known.LastDeliveredAt.ShouldBe(Last(own, one => one.Metric == "delivered"), because);
            known.LastClickAt.ShouldBe(Last(own, one => one.Metric == "clicked" && !Is(one, "machine")), because);
            known.LastMachineClickAt.ShouldBe(Last(own, one => one.Metric == "clicked" && Is(one, "machine")), because);
            known.LastOpenedAt.ShouldBe(Last(own, one => one.Metric == "opened" && !Is(one, "proxied") && !Is(one, "prefetched")), because);
            known.ComplaintCount.ShouldBe(own.Where(one => one.Metric == "spammed").Select(one => one.At).Distinct().Count(), because);
            known.UnsubscribedAt.ShouldBe(Last(own, one => one.Metric == "unsubscribed"), because);
            known.SubscribedAt.ShouldBe(Last(own, one => one.Metric == "subscribed"), because);
            known.Email.HardAt.ShouldBe(Last(own, one => one is { Channel: "email", Metric: "bounced" } && IsHard(one)), because);
            known.Sms.HardAt.ShouldBe(Last(own, one => one is { Channel: "sms", Metric: "bounced" } && IsHard(one)), because);
            known.Push.HardAt.ShouldBe(Last(own, one => one is { Channel: "push", Metric: "bounced" }), because);
            known.Email.DeliveredAt.ShouldBe(Last(own, one => one is { Channel: "email", Metric: "delivered" }), because);
            foreach (var topic in new[] { "topic_7", "topic_8" })
            {
                known.Topics.GetValueOrDefault(topic).IsYes.ShouldBe(Latest(own, topic), $"{because}, {topic} of {own.Key}");
            }
        }
    }

    // On a tie the refusal counts.
    private static bool Latest(IEnumerable<SentReport> reports, string topic)
    {
        var answers = reports
            .Where(one => one.Metric == "cio_subscription_preferences_changed")
            .Select(one => (one.At, Wanted: JsonNode.Parse((string)one.Data["content"]!)!["topics"]![topic]!.GetValue<bool>()))
            .ToList();
        return answers.Count > 0 && answers.Where(one => one.At == answers.Max(other => other.At)).All(one => one.Wanted);
    }

    private static DateTimeOffset? Last(IEnumerable<SentReport> reports, Func<SentReport, bool> counts) =>
        reports.Where(counts).Select(one => (DateTimeOffset?)one.At).Max();

    private static bool Is(SentReport report, string flag) => report.Data[flag]?.GetValue<bool>() == true;

    private static bool IsHard(SentReport report) =>
        report.Data["failure_message"] is not { } text
        || (!text.GetValue<string>().Contains("mailbox full") && !text.GetValue<string>().Contains("spam"));

    private static string Customer(int person) => $"person-{person}";

    private static string Address(int person) => $"person-{person}@shop.example";

    private sealed record SentReport(int Person, string Channel, string Metric, DateTimeOffset At, JsonObject Data, byte[] Text);
}
