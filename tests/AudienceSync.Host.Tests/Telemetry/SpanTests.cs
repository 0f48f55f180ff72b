using System.Collections.Concurrent;
using System.Diagnostics;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Nodes;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Telemetry;

/// <summary>
/// The spans of one webhook, through to the platform's answer. Alone, because a listener hears every Host of the process.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class SpanTests(ITestOutputHelper output)
{
    private const string SendersTrace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_webhook_can_be_followed_to_the_call_by_links_and_tags()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = Listen(ended);
        await using (var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) }))
        {
            using var request = Webhook.Signed(Sample.Of(new() { ["email"] = "ann@example.com" }).ToJsonString(), Sample.Now);
            request.Headers.Add("traceparent", $"00-{SendersTrace}-b7ad6b7169203331-00");
            (await host.SendAsync(request)).Status.ShouldBe(200);
            await host.WaitUntilQuietAsync();
        }

        Print(ended);
        var webhook = ended.Single(span => span.OperationName == Spans.Webhook);
        webhook.TraceId.ToHexString().ShouldNotBe(SendersTrace, "the sender does not decide whether it is recorded");
        webhook.GetTagItem(Spans.Status).ShouldBe(200);
        var append = ended.Single(span => span.OperationName == Spans.Append);
        append.Links.Single().Context.SpanId.ShouldBe(webhook.SpanId);
        append.GetTagItem(Spans.Events).ShouldBe(1);
        var position = (long)append.GetTagItem(Spans.LastPosition)!;
        var page = ended.Single(span =>
            span.OperationName == Spans.Project && Covers(span, Spans.FirstPosition, Spans.LastPosition, position)
        );
        var change = (long)page.GetTagItem(Spans.LastChange)!;
        var delivery = ended.Single(span =>
            span.OperationName == Spans.Deliver && Covers(span, Spans.FirstChange, Spans.LastChange, change)
        );
        delivery.GetTagItem(Spans.Destination).ShouldBe("meta_main");
        var call = ended.Single(span => span.OperationName == Spans.Call);
        call.ParentSpanId.ShouldBe(delivery.SpanId);
        (
            call.GetTagItem(Spans.Operation),
            call.GetTagItem(Spans.Members),
            call.GetTagItem(Spans.Outcome),
            call.GetTagItem(Spans.Status)
        ).ShouldBe(("Add", 1, "Done", 200));
        ended.SelectMany(span => span.TagObjects).ShouldAllBe(tag => !$"{tag.Value}".Contains('@'));
    }

    private static ActivityListener Listen(ConcurrentQueue<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Spans.SourceName,

            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static bool Covers(Activity span, string first, string last, long value) =>
        span.GetTagItem(first) is long from && span.GetTagItem(last) is long to && from <= value && value <= to;

    private void Print(IEnumerable<Activity> spans)
    {
        foreach (var span in spans)
        {
            var tags = string.Join(", ", span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"));
            output.WriteLine($"{span.OperationName} {span.SpanId} in {span.ParentSpanId}: {tags}");
        }
    }
}
