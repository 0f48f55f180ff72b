using System.Text;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class SignatureTests(IngestHost given) : IClassFixture<IngestHost>
{
    private const string Timestamp = "1614265384";

    private readonly byte[] _body = Encoding.UTF8.GetBytes(Sample.Event().ToJsonString());

    private string Right => Webhook.Signature(TestHostFiles.SigningKey, Timestamp, _body);

    [Fact]
    public async Task The_golden_vector_of_the_contract_passes_and_its_body_is_then_a_reporting_webhook()
    {
        var request = Webhook
            .Request("""{"event_id":"abc","object_type":"email","metric":"delivered"}""", TestHostFiles.SignedToken)
            .With(Timestamp, "6f55cf23f9b73a2ff07733fe04421f64ce9ec5e409696edda6b2a80311944230");
        (await given.Host.SendAsync(request)).Code.ShouldBe("reporting_webhook");
    }

    [Fact]
    public async Task A_signature_by_the_second_key_of_a_source_passes()
    {
        var second = Webhook.Signature(TestHostFiles.SecondSigningKey, Timestamp, _body);
        (await SendAsync(TestHostFiles.SignedToken, request => request.With(Timestamp, second))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_age_of_the_timestamp_is_not_checked_for_a_source_that_disables_it() =>
        (await SendAsync(TestHostFiles.SignedToken, request => request.With(Timestamp, Right))).Status.ShouldBe(200);

    [Fact]
    public async Task A_required_signature_must_be_present() =>
        (await SendAsync(TestHostFiles.SignedToken, request => request)).Code.ShouldBe("signature_missing");

    [Fact]
    public async Task A_signature_without_its_timestamp_is_missing() =>
        (await SendAsync(TestHostFiles.SignedToken, request => Add(request, "X-CIO-Signature", Right))).Code.ShouldBe("signature_missing");

    [Fact]
    public async Task A_timestamp_without_its_signature_is_missing() =>
        (await SendAsync(TestHostFiles.SignedToken, request => Add(request, "X-CIO-Timestamp", Timestamp))).Code.ShouldBe(
            "signature_missing"
        );

    [Theory]
    [InlineData("X-CIO-Signature")]
    [InlineData("X-CIO-Timestamp")]
    public async Task A_header_of_the_signature_may_not_appear_twice(string header)
    {
        var value = string.Equals(header, "X-CIO-Signature", StringComparison.Ordinal) ? Right : Timestamp;
        (await SendAsync(TestHostFiles.SignedToken, request => Add(request.With(Timestamp, Right), header, value))).Code.ShouldBe(
            "signature_missing"
        );
    }

    [Theory]
    [InlineData("not hex")]
    [InlineData("6f55cf23f9b73a2ff07733fe04421f64ce9ec5e409696edda6b2a80311944230")]
    [InlineData("zz55cf23f9b73a2ff07733fe04421f64ce9ec5e409696edda6b2a80311944230")]
    public async Task A_signature_that_does_not_match_is_wrong(string signature) =>
        (await SendAsync(TestHostFiles.SignedToken, request => request.With(Timestamp, signature))).Code.ShouldBe("signature_wrong");

    [Fact]
    public async Task A_signature_in_upper_case_is_wrong() =>
        (await SendAsync(TestHostFiles.SignedToken, request => request.With(Timestamp, Right.ToUpperInvariant()))).Code.ShouldBe(
            "signature_wrong"
        );

    [Fact]
    public async Task A_signature_of_another_timestamp_is_wrong() =>
        (await SendAsync(TestHostFiles.SignedToken, request => request.With("1614265385", Right))).Code.ShouldBe("signature_wrong");

    [Fact]
    public async Task A_timestamp_longer_than_a_number_is_refused_before_any_hashing() =>
        (await SendAsync(TestHostFiles.SignedToken, request => request.With(new string('1', 21), Right))).Code.ShouldBe(
            "invalid_signature_timestamp"
        );

    [Fact]
    public async Task An_optional_signature_may_be_absent() =>
        (await SendAsync(TestHostFiles.MaySignToken, request => request)).Status.ShouldBe(200);

    [Fact]
    public async Task An_optional_signature_must_be_right_when_it_is_present()
    {
        (await SendAsync(TestHostFiles.MaySignToken, request => request.With(Timestamp, Right))).Status.ShouldBe(200);
        (await SendAsync(TestHostFiles.MaySignToken, request => request.With(Timestamp, new string('0', 64)))).Code.ShouldBe(
            "signature_wrong"
        );
    }

    [Fact]
    public async Task The_signature_of_a_source_that_does_not_sign_is_ignored() =>
        (await SendAsync(TestHostFiles.UnsignedToken, request => request.With(Timestamp, "nonsense"))).Status.ShouldBe(200);

    [Fact]
    public async Task A_body_that_was_changed_in_transit_is_refused()
    {
        var changed = Webhook.Request([.. _body, (byte)' '], TestHostFiles.SignedToken).With(Timestamp, Right);
        (await given.Host.SendAsync(changed)).Code.ShouldBe("signature_wrong");
    }

    private Task<Answer> SendAsync(string token, Func<HttpRequestMessage, HttpRequestMessage> change) =>
        given.Host.SendAsync(change(Webhook.Request(_body, token)));

    private static HttpRequestMessage Add(HttpRequestMessage request, string header, string value)
    {
        request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }
}
