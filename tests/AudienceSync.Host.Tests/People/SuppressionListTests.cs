using System.Text;
using AudienceSync.Host.People;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.People;

/// <summary>A list suppresses only the people it names, and reports by line, column and code what could not be read.</summary>
public sealed class SuppressionListTests
{
    [Theory]
    [InlineData("V1|W1")]
    [InlineData("auth0|5f7c12")]
    [InlineData("a;b")]
    [InlineData("a:b/c d")]
    [InlineData("'00123")]
    public async Task An_id_that_holds_another_delimiter_stays_one_id(string id)
    {
        var cells = await ReadAsync($"customer_id\n{id}\n");
        cells.Single().Identifiers!.CustomerId.ShouldBe(id);
    }

    [Theory]
    [InlineData("semicolon", ';')]
    [InlineData("tab", '\t')]
    [InlineData("pipe", '|')]
    [InlineData("comma", ',')]
    [InlineData(";", ';')]
    public async Task The_given_delimiter_is_used(string name, char delimiter)
    {
        ListDelimiter.TryRead(name, out var read).ShouldBeTrue();
        read.ShouldBe(delimiter);
        var cells = await ReadAsync($"customer_id{delimiter}email\nv{(delimiter == ',' ? ';' : ',')}1{delimiter}ann@example.com\n", read);
        cells.Count.ShouldBe(2);
        cells[0].Identifiers!.CustomerId.ShouldBe($"v{(delimiter == ',' ? ';' : ',')}1");
        cells[1].Identifiers!.Email.ShouldBe("ann@example.com");
    }

    [Theory]
    [InlineData("customer_id;email\nV1;ann@example.com\n", "delimiter=semicolon")]
    [InlineData("customer_id\temail\nV1\tann@example.com\n", "delimiter=tab")]
    [InlineData("note|E-Mail\nx|ann@example.com\n", "delimiter=pipe")]
    [InlineData("ann@example.com\n", "must name columns")]
    [InlineData("", "must name columns")]
    [InlineData("email\n\"ann@example.com\n", "not CSV")]
    [InlineData("email\nann\"x@example.com\n", "not CSV")]
    public async Task A_list_that_cannot_be_read_is_refused_with_a_remedy(string list, string remedy) =>
        (await Should.ThrowAsync<FormatException>(() => ReadAsync(list))).Message.ShouldContain(remedy);

    [Theory]
    [InlineData("customer_id\nV1,W1\n", null, "too_many_fields")]
    [InlineData("customer_id\n1.23E+15\n", "customer_id", "spreadsheet_value")]
    [InlineData("customer_id\n1,23E+15\n", null, "too_many_fields")]
    [InlineData("customer_id\n\"=\"\"0042\"\"\"\n", "customer_id", "spreadsheet_value")]
    [InlineData("customer_id\n#N/A\n", "customer_id", "spreadsheet_value")]
    [InlineData("customer_id\nundefined\n", "customer_id", "placeholder")]
    [InlineData("customer_id\na\u0001b\n", "customer_id", "invalid_text")]
    [InlineData("phone\n4.479E+11\n", "phone", "scientific_notation")]
    [InlineData("email\nx@example\n", "email", "no_dotted_domain")]
    [InlineData("email\n\"ann@example.com, bob@example.com\"\n", "email", "several_addresses")]
    [InlineData("email\nann@example.com;bob@example.com\n", "email", "several_addresses")]
    [InlineData("email_sha256\nann@example.com\n", "email_sha256", "not_a_digest")]
    [InlineData("email,note\n,x\n", null, "no_identifier")]
    public async Task A_line_that_names_no_person_is_refused_with_line_column_and_code(string list, string? column, string code)
    {
        var cell = (await ReadAsync(list, country: "GB")).Single();
        cell.ShouldBe(new ListedIdentifier(2, column, null, code));
    }

    [Theory]
    [InlineData("Email\nann@example.com\n")]
    [InlineData("E-Mail\nann@example.com\n")]
    [InlineData("\uFEFFemail\nann@example.com\n")]
    [InlineData("email,\r\nann@example.com,\r\n")]
    [InlineData("\" email \"\n\" ann@example.com \"\n")]
    public async Task A_header_is_read_as_spreadsheets_write_it(string list) =>
        (await ReadAsync(list)).Single().Identifiers!.CanonicalEmail.ShouldBe("ann@example.com");

    [Fact]
    public async Task A_list_in_another_encoding_is_refused_with_its_first_wrong_line()
    {
        var latin = Encoding.Latin1.GetBytes("email\r\nann@example.com\r\nbob@example.com\r\n\u00FC@b.example\r\n");
        (await Should.ThrowAsync<FormatException>(() => ReadAsync(new MemoryStream(latin)))).Message.ShouldStartWith("Line 4 is not UTF-8");
        var utf16 = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("email\nann@example.com\n")).ToArray();
        (await Should.ThrowAsync<FormatException>(() => ReadAsync(new MemoryStream(utf16)))).Message.ShouldContain("UTF-16");
    }

    [Theory]
    [InlineData(20261129)]
    [InlineData(7)]
    public async Task The_line_where_a_text_stops_being_utf8_is_reported_and_a_valid_text_passes_unchanged(int seed)
    {
        var random = new Random(seed);
        string[] letters = ["a", "\u00FC", "\u20AC", "\U0001F600", "\r\n", "\n", "\r", "\"", ","];
        byte[][] wrong =
        [
            [0x80],
            [0xC3, 0x28],
            [0xE2, 0x82, 0x28],
            [0xF5, 0x80, 0x80, 0x80],
            [0xED, 0xA0, 0x80],
            [0xC0, 0xAF],
        ];
        for (var round = 0; round < 300; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 200)).Select(_ => letters[random.Next(letters.Length)]));
            var good = Encoding.UTF8.GetBytes("a" + text);
            (await CopyAsync(good, random)).ShouldBe(good, $"seed {seed}, round {round}");

            var at = Enumerable
                .Range(1, good.Length)
                .Where(index => index == good.Length || (good[index] & 0xC0) != 0x80)
                .ElementAt(random.Next(text.Length / 4 + 1));
            byte[] bad = [.. good[..at], .. wrong[random.Next(wrong.Length)], .. good[at..]];
            var before = Encoding.UTF8.GetString(good, 0, at);
            var line = 1 + before.Replace("\r\n", "\n", StringComparison.Ordinal).Count(letter => letter is '\n' or '\r');
            (await Should.ThrowAsync<FormatException>(() => CopyAsync(bad, random))).Message.ShouldStartWith(
                $"Line {line} is",
                Case.Sensitive,
                $"seed {seed}, round {round}"
            );
            (await Should.ThrowAsync<FormatException>(() => CopyAsync([.. good, 0xE2, 0x82], random))).Message.ShouldContain(
                "is not UTF-8"
            );
        }
    }

    [Fact]
    public async Task The_accepted_count_is_the_number_of_people_suppressed()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        (await UploadAsync(host, "email\n\"y1@example.com,\"\ny2@example.com.\nx@example\n")).ShouldBe(
            (2, "[{\"line\":4,\"column\":\"email\",\"code\":\"no_dotted_domain\"}]")
        );
        (await UploadAsync(host, "phone\n4.479E+11\n", "?default_country=GB")).ShouldBe(
            (0, "[{\"line\":2,\"column\":\"phone\",\"code\":\"scientific_notation\"}]")
        );
        (await UploadAsync(host, "customer_id,note\nauth0|5f7c,x\n")).ShouldBe((1, "[]"));
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_suppressed'")).ShouldBe(3);
        foreach (
            var (customer, email, allowed) in new[]
            {
                ("auth0|5f7c", "a@example.com", false),
                ("auth0", "b@example.com", true),
                ("c", "y1@example.com", false),
                ("d", "y2@example.com", false),
            }
        )
        {
            await host.PostAsync(Sample.Of(new() { ["customer_id"] = customer, ["email"] = email }));
            var status = await host.WaitUntilQuietAsync();
            status.ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Object);
            (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Contains(Hash(email)).ShouldBe(allowed, customer);
        }
    }

    private static string Hash(string email) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(email)));

    private static async Task<(int Accepted, string Refused)> UploadAsync(TestHost host, string list, string query = "")
    {
        using var content = new StringContent(list, Encoding.UTF8, "text/csv");
        using var response = await host.Operator.PostAsync("/v1/people/suppressions/list" + query, content);
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBe(200, answer.Text);
        return (answer.Json.GetProperty("accepted").GetInt32(), answer.Json.GetProperty("refused_lines").GetRawText());
    }

    private static Task<List<ListedIdentifier>> ReadAsync(string list, char delimiter = ',', string country = "US") =>
        ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(list)), delimiter, country);

    private static async Task<List<ListedIdentifier>> ReadAsync(Stream list, char delimiter = ',', string country = "US")
    {
        var cells = new List<ListedIdentifier>();
        await foreach (
            var cell in new SuppressionList(list) { Delimiter = delimiter, DefaultCountry = country }.ReadAsync(CancellationToken.None)
        )
        {
            cells.Add(cell);
        }

        return cells;
    }

    // In pieces of any size, as they arrive from a network.
    private static async Task<byte[]> CopyAsync(byte[] bytes, Random random)
    {
        await using var text = new Utf8Lines(new MemoryStream(bytes));
        var copy = new List<byte>();
        var deadline = Deadline.In();
        while (true)
        {
            deadline.Check("the end of the list");
            var piece = new byte[random.Next(1, 9)];
            var length = await text.ReadAsync(piece);
            if (length == 0)
            {
                return [.. copy];
            }

            copy.AddRange(piece.AsSpan(0, length));
        }
    }
}
