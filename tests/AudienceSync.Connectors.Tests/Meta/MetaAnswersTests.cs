using System.Net;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

public sealed class MetaAnswersTests
{
    [Theory]
    [InlineData(MetaAccountOnWire.Taken)]
    [InlineData(
        """{"audience_id":"1","session_id":"4040431473997127992","num_received":1,"num_invalid_entries":0,"invalid_entry_samples":[]}"""
    )]
    [InlineData("""{"account_id":"1","session_id":67972159610631945,"num_received":"1","num_invalid_entries":"0"}""")]
    [InlineData(
        """{"audience_id":"1","num_received":1,"num_invalid_entries":0,"invalid_entry_samples":{},"error":null,"new_field":[{}]}"""
    )]
    public async Task A_recorded_success_response_is_a_success(string body)
    {
        var result = await MetaAccountOnWire.ResultOfAsync(200, body);

        result.Outcome.ShouldBe(Outcome.Done);
        result.HttpStatus.ShouldBe(200);
        result.RejectedCount.ShouldBe(0);
        result.Job.ShouldBeNull();
    }

    [Fact]
    public async Task Rejected_rows_are_mapped_back_over_members_that_were_not_sent()
    {
        const string body =
            """{"audience_id":"1","num_received":3,"num_invalid_entries":2,"invalid_entry_samples":{"2":"bad ann@example.com","0":"bad","9":"x","-1":"x","x":"x"," 1":"x"}}""";
        var account = new MetaAccountOnWire(ScriptedNetwork.Answering(200, body));
        var unusable = new PersonIdentifiers("1", null, null, "US");

        var result = await account.AddAsync(unusable, MetaAccountOnWire.Mary, unusable, MetaAccountOnWire.Mary, MetaAccountOnWire.Mary);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.PartlyDone, "meta_invalid_entry"));
        result.Rejected.ShouldBe([new RefusedMember(1, "meta_invalid_entry"), new RefusedMember(4, "meta_invalid_entry")]);
        result.Invalid.Select(member => member.Index).ShouldBe([0, 2]);
        result.RejectedCount.ShouldBe(3);
    }

    [Fact]
    public async Task A_count_of_rejected_rows_without_samples_is_still_partly_done()
    {
        var result = await MetaAccountOnWire.ResultOfAsync(
            200,
            """{"audience_id":"1","num_received":1,"num_invalid_entries":5,"invalid_entry_samples":[]}"""
        );

        result.Outcome.Kind.ShouldBe(OutcomeKind.PartlyDone);
        result.Rejected.ShouldBeEmpty();
        result.RejectedCount.ShouldBe(1, "no more than were sent");
    }

    [Theory]
    [InlineData(200, "<html>Sorry, something went wrong.</html>", OutcomeKind.Retry, "not_json")]
    [InlineData(502, "<html>", OutcomeKind.Retry, "not_json")]
    [InlineData(500, "", OutcomeKind.Retry, "not_json")]
    [InlineData(200, "", OutcomeKind.Retry, "not_json")]
    [InlineData(200, "{\"audience_id\":", OutcomeKind.Retry, "not_json")]
    [InlineData(302, "", OutcomeKind.Retry, "not_json")]
    [InlineData(413, "<html>", OutcomeKind.SplitBatch, "http_413")]
    [InlineData(200, "[]", OutcomeKind.Retry, "not_understood")]
    [InlineData(200, "{}", OutcomeKind.Retry, "not_understood")]
    [InlineData(200, "{\"success\":true}", OutcomeKind.Retry, "not_understood")]
    [InlineData(404, "{}", OutcomeKind.Retry, "http_404")]
    [InlineData(500, MetaAccountOnWire.Taken, OutcomeKind.Retry, "http_500")]
    [InlineData(200, "{\"error\":{}}", OutcomeKind.Retry, "meta_unknown")]
    [InlineData(200, "{\"error\":\"x\"}", OutcomeKind.Retry, "meta_unknown")]
    [InlineData(400, "{\"error\":{\"code\":\"190\",\"error_subcode\":\"463\"}}", OutcomeKind.StopAccount, "meta_190_463")]
    [InlineData(400, "{\"error\":{\"code\":99999999999}}", OutcomeKind.Retry, "meta_unknown")]
    [InlineData(400, "{\"error\":{\"code\":190,\"fbtrace_id\":\"ann@example.com\"}}", OutcomeKind.StopAccount, "meta_190")]
    public async Task Any_other_response_has_an_outcome_and_never_throws(int status, string body, OutcomeKind kind, string code)
    {
        var result = await MetaAccountOnWire.ResultOfAsync(status, body);

        result.Outcome.ShouldBe(new Outcome(kind, code));
        result.HttpStatus.ShouldBe(status);
        result.PlatformRequestId.ShouldBeNull();
    }

    [Fact]
    public async Task A_response_is_read_up_to_one_MiB()
    {
        var padding = new string(' ', 1024 * 1024);
        (await MetaAccountOnWire.ResultOfAsync(200, MetaAccountOnWire.Taken + padding)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Retry, "answer_too_large")
        );
        (await MetaAccountOnWire.ResultOfAsync(200, MetaAccountOnWire.Taken + padding[MetaAccountOnWire.Taken.Length..])).Outcome.ShouldBe(
            Outcome.Done
        );

        var endless = new ScriptedNetwork(_ =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Endless()) })
        );
        (await new MetaAccountOnWire(endless).AddAsync(MetaAccountOnWire.Mary)).Outcome.Code.ShouldBe("answer_too_large");
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => 0;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
