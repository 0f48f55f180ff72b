using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Normalizing;

public sealed class NormalizerPropertiesTests(ITestOutputHelper output)
{
    private const int Cases = 20_000;

    private static readonly string[] Countries = ["US", "GB", "IN", "DE", "IT", "FR", "BR", "RU", "HU", "SM", "ZZ", ""];

    private static readonly string[] Noise = [" ", "-", ".", "/", "\u00A0", "\u2011", "\t", "(", ")", "\u202A", "x"];

    [Fact]
    public void Normalizing_twice_is_normalizing_once_and_never_gives_the_empty_text()
    {
        var random = Seeded(20261121);
        for (var i = 0; i < Cases; i++)
        {
            var text = Hostile(random);
            var country = Countries[random.Next(Countries.Length)];
            foreach (var normalizer in Normalizers.BuiltIn.All)
            {
                foreach (var rule in normalizer.Rules)
                {
                    CheckOnce(normalizer, rule, text, country, i);
                }
            }
        }
    }

    [Fact]
    public void An_address_is_the_same_when_written_into_a_span_or_returned()
    {
        var random = Seeded(99);
        Span<char> into = stackalloc char[EmailText.MaxChars];
        for (var i = 0; i < Cases; i++)
        {
            var text = Hostile(random);
            var written = EmailText.TryWrite(text, into, out var length) ? new string(into[..length]) : null;
            written.ShouldBe(EmailText.Normalize(text), $"case {i}");
        }
    }

    [Theory]
    [InlineData("US", "1", 10)]
    [InlineData("GB", "44", 10)]
    [InlineData("IN", "91", 10)]
    [InlineData("FR", "33", 9)]
    [InlineData("BR", "55", 11)]
    public void Where_numbers_have_one_length_the_bare_result_is_its_own_normal_form(string country, string code, int length)
    {
        var random = Seeded(7);
        for (var i = 0; i < 1_000; i++)
        {
            var number = code + random.Next(1, 10) + Digits(random, length - 1);
            OlderPhoneNumber.Normalize("+" + number, country).ShouldBe(number, $"case {i}");
            OlderPhoneNumber.Normalize(number, country).ShouldBe(number, $"case {i}");
        }
    }

    [Fact]
    public void Formatting_noise_does_not_change_the_result()
    {
        var random = Seeded(42);
        for (var i = 0; i < Cases; i++)
        {
            var country = Countries[random.Next(Countries.Length)];
            var plain =
                (
                    random.Next(3) switch
                    {
                        0 => "+",
                        1 => "00",
                        _ => "",
                    }
                ) + Digits(random, random.Next(6, 17));
            OlderPhoneNumber.Normalize(Noisy(plain, random), country).ShouldBe(OlderPhoneNumber.Normalize(plain, country), $"case {i}");

            var email = $"Ann{random.Next()}@Example.com";
            EmailText.Normalize("\t " + email.ToUpperInvariant() + "\u00A0").ShouldBe(EmailText.Normalize(email), $"case {i}");
        }
    }

    private static void CheckOnce(Normalizer normalizer, NormalizerRule rule, string text, string country, int i)
    {
        var once = normalizer.Text(Someone.With(rule.Field, text, country), rule.Field);
        if (once is null)
        {
            return;
        }

        once.ShouldNotBeEmpty();
        if (rule.Field is PersonField.Phone)
        {
            once.TrimStart('+').Length.ShouldBeInRange(7, 15);
            once = "+" + once.TrimStart('+');
        }

        // The parts of a birth date are not birth dates.
        if (rule.Field is not (PersonField.BirthYear or PersonField.BirthMonth or PersonField.BirthDay))
        {
            var twice = normalizer.Text(Someone.With(rule.Field, once, country), rule.Field);
            (rule.Field is PersonField.Phone ? "+" + twice!.TrimStart('+') : twice).ShouldBe(
                once,
                $"case {i}, {normalizer.Family} {rule.Field}"
            );
        }
    }

    private static string Noisy(string plain, Random random)
    {
        var noisy = new StringBuilder();
        foreach (var c in plain)
        {
            noisy.Append(c);
            if (random.Next(3) == 0)
            {
                noisy.Append(Noise[random.Next(Noise.Length)]);
            }
        }

        return noisy.ToString();
    }

    private static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(10)));

    private static string Hostile(Random random)
    {
        const string likely = "aA@.+0123456789- ()\0\u0301\u0323\u00C9\u0130\u03A3\u200D\u202E\u1112\u1161\u11A8\u0661\uFF0B\uD83D\uDE00";
        var text = new StringBuilder();
        for (var length = random.Next(0, 40); length > 0; length--)
        {
            text.Append(random.Next(20) == 0 ? (char)random.Next(char.MaxValue + 1) : likely[random.Next(likely.Length)]);
        }

        return text.ToString();
    }

    private Random Seeded(int seed)
    {
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
