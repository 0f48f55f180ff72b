using System.Text;
using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Tests;

public sealed class AnswerReaderTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nDate: today\r\n\r\nhello";
    private const string Chunked =
        "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n";
    private const string NoBody = "HTTP/1.1 204 No Content\r\n\r\n";

    [Theory]
    [InlineData(Ok, 200)]
    [InlineData(Chunked, 503)]
    [InlineData(NoBody, 204)]
    public void A_response_split_at_any_byte_is_taken_when_its_last_byte_is_there(string answer, int status)
    {
        for (int cut = 1; cut < answer.Length; cut++)
        {
            var reader = new AnswerReader();
            Feed(reader, answer[..cut]);
            reader.TryTake(out _).ShouldBeFalse($"cut at {cut}");
            Feed(reader, answer[cut..]);
            reader.TryTake(out int taken).ShouldBeTrue($"cut at {cut}");
            taken.ShouldBe(status);
        }
    }

    [Fact]
    public void Responses_that_arrive_in_one_read_are_taken_one_by_one()
    {
        var reader = new AnswerReader();
        Feed(reader, Ok + Chunked + NoBody);

        Taken(reader).ShouldBe([200, 503, 204]);
    }

    [Fact]
    public void The_buffer_is_reused_so_a_connection_can_last()
    {
        var reader = new AnswerReader();
        string oneAndAHalf = Ok + Ok[..20];
        for (int i = 0; i < 5_000; i++)
        {
            Feed(reader, oneAndAHalf);
            reader.TryTake(out _).ShouldBeTrue();
            reader.TryTake(out _).ShouldBeFalse();
            Feed(reader, Ok[20..]);
            reader.TryTake(out int status).ShouldBeTrue();
            status.ShouldBe(200);
        }
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public void Bytes_that_are_not_a_response_are_refused(string bytes)
    {
        var reader = new AnswerReader();
        Feed(reader, bytes);
        Should.Throw<InvalidDataException>(() => reader.TryTake(out _));
    }

    private static List<int> Taken(AnswerReader reader)
    {
        var statuses = new List<int>();
        while (reader.TryTake(out int status))
        {
            statuses.Add(status);
        }

        return statuses;
    }

    private static void Feed(AnswerReader reader, string text) => reader.Received(Encoding.ASCII.GetBytes(text, reader.Free.Span));
}
