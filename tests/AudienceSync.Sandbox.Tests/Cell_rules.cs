using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Cell_rules
{
    // Contract meta 9.1: the cell content of a client that normalizes correctly.
    [Theory]
    [InlineData("EMAIL", "mary@example.com", "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79")]
    [InlineData("PHONE", "15559876543", "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e")]
    [InlineData("PHONE", "442079460958", "35e206e5dec4c89b9e8b71b8c32724a5bb518483ac5a20c6617d738375b3b823")]
    [InlineData("GEN", "m", "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a")]
    [InlineData("DOBY", "1990", "a7be8e1fe282a37cd666e0632b17d933fa13f21addf4798fc0455bc166e2488c")]
    [InlineData("DOBM", "02", "a953f09a1b6b6725b81956e9ad0b1eb49e3ad40004c04307ef8af6246a054116")]
    [InlineData("DOBD", "15", "e629fa6598d732768f7c726b4b621285f9c3b85303900aa912017db7617d8bdb")]
    [InlineData("FN", "valéry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c")]
    [InlineData("FN", "정", "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14")]
    [InlineData("LN", "obrien", "b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba")]
    [InlineData("FI", "j", "189f40034be7a199f1fa9891668ee3ab6049f82d38c68be70f596eab2e1857b7")]
    [InlineData("CT", "sanfrancisco", "1a6bd4d9d79dc0a79b53795c70d3349fa9e38968a3fbefbfe8783efb1d2b6aac")]
    [InlineData("ST", "ny", "1b06e2003f8420d6fa42badd8f77ec0f706b976b7a48b13c567dc5a559681683")]
    [InlineData("ZIP", "94035", "1794327a4d443904421f5ca1f3d72d0a62ba2f0770d80755ec2220fc0efb052e")]
    [InlineData("COUNTRY", "us", "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621")]
    public async Task A_vector_of_the_contract_is_stored_and_its_plain_text_is_refused(string key, string plain, string digest)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.AddAsync(new[] { key }, [digest], [plain]);
        response.Invalid.ShouldBe(1);
        response.Samples.GetProperty("1").GetString().ShouldBe($"{key}: not a SHA-256 in lower-case hex");
        (await sandbox.HeldAsync(key)).ShouldBe([digest]);
        Hash(plain).ShouldBe(digest);
    }

    [Theory]
    [InlineData("EXTERN_ID", "Cust-1")]
    [InlineData("MADID", "ea7583cd-a667-48bc-b806-42ecb2b48606")]
    public async Task A_key_sent_unhashed_is_stored_as_the_hash_of_its_value(string key, string value)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.AddAsync(new[] { key }, [value])).Invalid.ShouldBe(0);
        (await sandbox.HeldAsync(key)).ShouldBe([Hash(value)]);
        await sandbox.RemoveAsync(new[] { key }, [value]);
        (await sandbox.HeldAsync(key)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("F1904CF1A9D73A55FA5DE0AC823C4403DED71AFD4C3248D00BDCD0866552BB79")]
    [InlineData("f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb7")]
    [InlineData("f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb7g")]
    [InlineData(" f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79")]
    [InlineData(17)]
    [InlineData(null)]
    public async Task Anything_but_64_lowercase_hex_digits_is_invalid_and_the_rest_of_the_row_is_applied(object? cell)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.AddAsync(EmailAndPhone, [cell!, Hash("1")], [Hash("b"), Hash("2")]);
        response.Invalid.ShouldBe(1);
        response.Samples.EnumerateObject().Select(sample => sample.Name).ShouldBe(["0"]);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([Hash("b")]);
        (await sandbox.HeldAsync("PHONE")).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_nested_cell_is_invalid_and_shifts_no_column()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.AddAsync(EmailAndPhone, [new object[] { Hash("a"), new { x = 1 } }, Hash("1")])).Invalid.ShouldBe(1);
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
        (await sandbox.HeldAsync("PHONE")).ShouldBe([Hash("1")]);
    }

    [Fact]
    public async Task The_hash_of_the_empty_string_is_invalid_and_counted_separately()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.AddAsync(EmailAndPhone, [Hash(""), Hash("")], ["", Hash("1")])).Invalid.ShouldBe(1);
        (await sandbox.TotalsAsync("add")).GetProperty("empty_hash").GetInt64().ShouldBe(2);
        (await sandbox.HeldAsync("EMAIL")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_without_a_usable_cell_is_invalid()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.AddAsync(EmailAndPhone, ["", ""], [Hash("a"), ""]);
        response.Invalid.ShouldBe(1);
        response.Samples.GetProperty("0").GetString().ShouldBe("No usable identifier");
        (await sandbox.PeopleAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_digest_written_with_json_escapes_is_the_same_digest()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var digest = Hash("a");
        var escaped = $"\\u{(int)digest[0]:x4}{digest[1..]}";
        var response = await sandbox.SendAsync(
            HttpMethod.Post,
            "/v25.0/238500000000001/users",
            $$$"""{"payload":{"data":[["{{{escaped}}}"]],"schema":["EMAIL"]}}"""
        );
        response.Invalid.ShouldBe(0);
        (await sandbox.HeldAsync("EMAIL")).ShouldBe([digest]);
    }

    [Fact]
    public async Task At_most_one_hundred_samples_are_returned_and_all_invalid_rows_are_counted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.AddAsync(Email, [.. Enumerable.Range(0, 250).Select(_ => new object[] { "x" })]);
        response.Invalid.ShouldBe(250);
        response.Samples.EnumerateObject().Count().ShouldBe(100);
        (await sandbox.TotalsAsync("add")).GetProperty("invalid").GetInt64().ShouldBe(250);
    }

    [Fact]
    public async Task Empty_samples_are_returned_alternately_as_an_object_and_as_an_array()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var seen = new List<string>();
        for (var call = 0; call < 4; call++)
        {
            seen.Add((await sandbox.AddAsync(Email, [Hash("a")])).Samples.GetRawText());
        }

        seen.ShouldBe(["{}", "[]", "{}", "[]"]);
    }

    [Fact]
    public async Task Options_and_values_are_not_identifiers_but_are_validated()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        string[] schema = ["EMAIL", "DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "LOOKALIKE_VALUE"];
        var response = await sandbox.AddAsync(
            schema,
            [Hash("a"), new[] { "LDU" }, 1, "0.5"],
            [Hash("b"), Array.Empty<string>(), 0, 2],
            [Hash("c"), new[] { "XYZ" }, 0, -1]
        );
        response.Samples.EnumerateObject().Select(sample => sample.Name).ShouldBe(["2"]);
        (await sandbox.HeldAsync("EMAIL")).Length.ShouldBe(3);
        (await sandbox.GetAsync("/admin/lists/238500000000001")).Json.GetProperty("digests").EnumerateObject().Count().ShouldBe(1);
    }
}
