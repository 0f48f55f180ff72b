using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Exceeds every limit of docs/LIMITS.md by one, and checks for the documented response.</summary>
public sealed class LimitTests(IngestHost given) : IClassFixture<IngestHost>
{
    public static TheoryData<string> Constants => [.. LimitCase.ByConstant.Keys];

    // Nothing is refused for them: a full queue, people that wait, an answer that ends.
    private static readonly string[] Separate =
    [
        nameof(Limits.QueuedEvents),
        nameof(Limits.LinkedAddressesPerDay),
        nameof(Limits.ExposureRows),
    ];

    [Fact]
    public void Every_row_of_the_page_has_a_case() =>
        LimitsPage.Rows().Select(row => row.Constant).ShouldBe(Separate.Concat(LimitCase.ByConstant.Keys), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Constants))]
    public async Task Exactly_on_the_limit_is_accepted(string constant)
    {
        foreach (var request in LimitCase.ByConstant[constant].On())
        {
            var answer = await given.Host.SendAsync(request);
            answer.Status.ShouldBe(200, answer.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public async Task One_past_the_limit_is_answered_as_the_page_documents(string constant)
    {
        var row = LimitsPage.Rows().Single(row => row.Constant == constant);
        foreach (var request in LimitCase.ByConstant[constant].Past())
        {
            var answer = await given.Host.SendAsync(request);
            answer.Status.ShouldBe(row.Status, answer.Text);
            (answer.Code ?? answer.Warnings()[0].Split(' ')[0]).ShouldBe(row.Code);
        }
    }

    [Fact]
    public async Task All_events_of_a_full_queue_are_kept_and_one_more_is_refused()
    {
        var row = LimitsPage.Rows().Single(row => row.Constant == nameof(Limits.QueuedEvents));
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        await using var queue = await FullQueue.FillAsync(host);
        var refused = await host.PostAsync(Sample.Event());
        (refused.Status, refused.Code).ShouldBe((row.Status, row.Code));
        row.Code.ShouldBe(IngestProblem.QueueFull.Code);
        var accepted = await queue.DrainAsync();
        accepted.ShouldAllBe(answer => answer.Status == 200 || answer.Code == IngestProblem.StorageSlow.Code);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'audience_member_added'")).ShouldBe(Limits.QueuedEvents);
    }
}
