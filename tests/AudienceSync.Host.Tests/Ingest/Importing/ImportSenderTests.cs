using System.Globalization;
using System.Net;
using System.Text;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Importing;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Ingest.Importing;

/// <summary>How an import goes on when a receiver is slow, busy, away or refuses.</summary>
public sealed class ImportSenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WatchedTime _clock = new(Sample.Now);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_batch_is_sent_again_after_the_time_that_the_receiver_asked_for()
    {
        var receiver = new Receiver(_ => Receiver.Status(503, retryAfter: "7"), _ => Receiver.Status(429, retryAfter: "1"));
        var import = ImportAsync(receiver, 3);
        await _clock.WaitersAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(6.9));
        _clock.NextDue().ShouldBe(Sample.Now.AddSeconds(7));
        receiver.Bodies.Count.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        await receiver.CallsAsync(2);
        await _clock.WaitersAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var report = await import.OrTimeoutAsync("the report");
        report.ShouldSatisfyAllConditions(
            () => report.IsFinished.ShouldBeTrue(report.Failure?.Message),
            () => report.Counts.ShouldBe(new ImportCounts(3, 0, 0, 0, 0)),
            () => receiver.Bodies.Distinct(StringComparer.Ordinal).Count().ShouldBe(1),
            () => File.Exists(State).ShouldBeFalse()
        );
    }

    [Fact]
    public async Task Without_any_answer_the_import_stops_and_keeps_its_state()
    {
        var receiver = new Receiver
        {
            Otherwise = body =>
                body.Contains("\"n\":0,", StringComparison.Ordinal)
                    ? Receiver.Accept(body)
                    : throw new HttpRequestException(HttpRequestError.ResponseEnded),
        };
        var import = ImportAsync(receiver, 700);
        await Deadline.UntilAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(10));
                return import.IsCompleted;
            },
            () => "the end of the import"
        );

        var report = await import;
        report.IsFinished.ShouldBeFalse();
        report.Failure.ShouldBeOfType<ImportException>().Code.ShouldBe("import_stopped");
        report.Read.ShouldBe(500, "the first batch was acknowledged");

        receiver.Bodies.Clear();
        receiver.Otherwise = Receiver.Accept;
        var rest = await ImportAsync(receiver, 700).OrTimeoutAsync("the rest");
        rest.ShouldSatisfyAllConditions(
            () => rest.IsFinished.ShouldBeTrue(),
            () => rest.ResumedAt.ShouldBe(500),
            () => rest.Counts.Accepted.ShouldBe(700),
            () => receiver.Bodies.ShouldHaveSingleItem().Split('\n').Length.ShouldBe(200)
        );
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_something_in_between_is_halved()
    {
        var receiver = new Receiver { Otherwise = body => body.Length > 2_000 ? Receiver.Status(413) : Receiver.Accept(body) };
        var report = await ImportAsync(receiver, 500).OrTimeoutAsync("the report");
        report.Counts.ShouldBe(new ImportCounts(500, 0, 0, 0, 0));
        var taken = receiver.Bodies.Where(body => body.Length <= 2_000).SelectMany(body => body.Split('\n')).ToList();
        taken.Count.ShouldBe(500);
        taken.Distinct(StringComparer.Ordinal).Count().ShouldBe(500);
    }

    [Fact]
    public async Task Refused_and_quarantined_records_are_written_with_line_and_code()
    {
        var receiver = new Receiver
        {
            Otherwise = body =>
                Receiver.Answer(
                    202,
                    [
                        .. body.Split('\n')
                            .Select(line =>
                                line.Contains("\"n\":3,", StringComparison.Ordinal) ? "refused"
                                : line.Contains("\"n\":4,", StringComparison.Ordinal) ? "quarantined"
                                : "accepted"
                            ),
                    ],
                    duplicates: 2
                ),
        };
        var report = await ImportAsync(receiver, 6, more: "[1]\n").OrTimeoutAsync("the report");
        report.Counts.ShouldBe(new ImportCounts(2, 2, 1, 2, 0));
        (await File.ReadAllLinesAsync(report.RejectedFile!)).ShouldBe([
            """{"line":4,"status":"refused","code":"some_code"}""",
            """{"line":5,"status":"quarantined","code":"some_code"}""",
            """{"line":7,"status":"refused","code":"not_an_event"}""",
        ]);
    }

    [Fact]
    public async Task A_token_that_is_refused_ends_the_import_without_another_call()
    {
        var receiver = new Receiver { Otherwise = _ => Receiver.Status(401, code: "unauthorized") };
        var report = await ImportAsync(receiver, 3).OrTimeoutAsync("the report");
        report.Failure.ShouldBeOfType<SetupException>().Code.ShouldBe("unauthorized");
        receiver.Bodies.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_of_something_else_is_never_taken_for_an_acknowledgement()
    {
        var receiver = new Receiver(
            _ => Receiver.Text(200, "<html>log in</html>"),
            body => Receiver.Answer(200, ["accepted"], 0),
            _ => Receiver.Text(200, "")
        );
        var import = ImportAsync(receiver, 3);
        await Deadline.UntilAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(10));
                return import.IsCompleted;
            },
            () => "the end of the import"
        );
        (await import).Counts.Accepted.ShouldBe(3);
        receiver.Bodies.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_state_of_another_file_or_source_is_refused_before_anything_is_sent()
    {
        var receiver = new Receiver(Receiver.Accept, _ => Receiver.Status(401));
        (await ImportAsync(receiver, 700).OrTimeoutAsync("the first part")).Read.ShouldBe(500);
        receiver.Bodies.Clear();

        (await Should.ThrowAsync<ImportException>(() => ImportAsync(receiver, 700, source: "other"))).Code.ShouldBe("import_state_differs");
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(receiver, 400))).Code.ShouldBe("import_state_differs");
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(receiver, 700, name: "m"))).Code.ShouldBe("import_state_differs");
        await File.WriteAllTextAsync(State, "{");
        (await Should.ThrowAsync<ImportException>(() => ImportAsync(receiver, 700))).Code.ShouldBe("import_state_invalid");
        receiver.Bodies.ShouldBeEmpty();
    }

    private string State => _folder.Below("state");

    private async Task<ImportReport> ImportAsync(Receiver receiver, int events, string more = "", string source = "shop", string name = "n")
    {
        var file = _folder.Below("events.ndjson");
        var lines = Enumerable
            .Range(0, events)
            .Select(n => string.Create(CultureInfo.InvariantCulture, $"{{\"{name}\":{n},\"person\":{{}}}}\n"));
        await File.WriteAllTextAsync(file, string.Concat(lines) + more);
        var http = new HttpClient(receiver) { BaseAddress = new Uri("http://host.example/") };
        var retries = new RetryWindow(TimeSpan.FromMinutes(10), _clock, new Random(1));
        var sender = new ChunkSender(http, new ImportTarget("/v1/webhooks/batch", "token", SigningKey: null), retries, _clock);
        var mapping = CsvMapping.Parse([], [], ',', out _)!;
        var options = new ImportOptions(file, State, _folder.Below("rejected"), KeepsRecords: false, source, mapping, InFlight: 1);
        return await new Importer(options, sender, _clock).RunAsync(CancellationToken.None);
    }

    /// <summary>Answers the first calls as scripted, and the rest as set.</summary>
    private sealed class Receiver(params Func<string, HttpResponseMessage>[] first) : HttpMessageHandler
    {
        private readonly Queue<Func<string, HttpResponseMessage>> _first = new(first);

        public List<string> Bodies { get; } = [];

        public Func<string, HttpResponseMessage> Otherwise { get; set; } = Accept;

        public Task CallsAsync(int count) => Deadline.UntilAsync(() => Bodies.Count == count, () => $"{count} calls, not {Bodies.Count}");

        public static HttpResponseMessage Accept(string body) => Answer(200, [.. body.Split('\n').Select(_ => "accepted")], 0);

        public static HttpResponseMessage Answer(int status, string[] results, int duplicates)
        {
            var items = string.Join(
                ',',
                results.Select(result =>
                    result == "accepted"
                        ? """{"status":"accepted","warnings":[]}"""
                        : $$"""{"status":"{{result}}","code":"some_code","detail":"d"}"""
                )
            );
            var count = (string of) => results.Count(result => result == of);
            var response = Text(
                status,
                $$$"""{"totals":{"events":{{{results.Length}}},"accepted":{{{count("accepted")}}},"quarantined":{{{count("quarantined")}}},"refused":{{{count("refused")}}},"with_warnings":0},"results":[{{{items}}}]}"""
            );
            response.Headers.Add("X-AudienceSync-Duplicates", duplicates.ToString(CultureInfo.InvariantCulture));
            return response;
        }

        public static HttpResponseMessage Text(int status, string body) =>
            new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

        public static HttpResponseMessage Status(int status, string? retryAfter = null, string code = "queue_full")
        {
            var response = Text(status, $$"""{"code":"{{code}}"}""");
            if (retryAfter is not null)
            {
                response.Headers.Add("Retry-After", retryAfter);
            }

            return response;
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Bodies.Add(body);
            return (_first.TryDequeue(out var scripted) ? scripted : Otherwise)(body);
        }
    }
}
