using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class IdentityPropertyTests
{
    private const int Stories = 5_000;

    [Fact]
    public void The_book_decides_as_a_naive_reading_of_all_claims_decides()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var story = new Story(seed);
            while (story.Next())
            {
                story.Decided.ShouldBe(story.Expected, $"seed {seed}");
            }

            foreach (var binding in story.Book.ChangedBindings)
            {
                story.Oracle.Holder(binding.Alias).ShouldBe((binding.Person, binding.SeenAt), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void A_customer_id_is_one_person_for_ever_and_no_person_has_two()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var story = new Story(seed);
            var personOf = new Dictionary<Alias, PersonId>();
            var customerOf = new Dictionary<PersonId, Alias>();
            while (story.Next())
            {
                if (story.Webhook[0].Kind == IdentifierKind.CustomerId)
                {
                    personOf.TryAdd(story.Webhook[0], story.Decided);
                    customerOf.TryAdd(story.Decided, story.Webhook[0]);
                    personOf[story.Webhook[0]].ShouldBe(story.Decided, $"seed {seed}");
                    customerOf[story.Decided].ShouldBe(story.Webhook[0], $"seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void Batches_that_begin_from_what_was_stored_decide_as_one_long_batch()
    {
        for (var seed = 0; seed < Stories; seed++)
        {
            var random = new Random(seed);
            var story = new Story(seed);
            var stored = new Dictionary<Alias, AliasBinding>();
            var people = new Dictionary<PersonId, KnownPerson>();
            var book = new IdentityBook();
            while (story.Next())
            {
                if (random.Next(4) == 0)
                {
                    book = Reopen(book, stored, people);
                }

                var resolved = book.Resolve([.. story.Webhook], story.At, story.Stranger);
                people[resolved.Person] = book.Person(resolved.Person);
                resolved.Person.ShouldBe(story.Decided, $"seed {seed}");
            }
        }
    }

    private static IdentityBook Reopen(IdentityBook book, Dictionary<Alias, AliasBinding> stored, Dictionary<PersonId, KnownPerson> people)
    {
        foreach (var binding in book.ChangedBindings)
        {
            stored[binding.Alias] = binding;
        }

        var next = new IdentityBook();
        foreach (var binding in stored.Values)
        {
            next.Load(binding, people[binding.Person]);
        }

        return next;
    }

    /// <summary>A random sequence of webhooks over few identifiers, out of order, told to the book and to the oracle alike.</summary>
    private sealed class Story(int seed)
    {
        private readonly Random _random = new(seed);
        private int _left = 25;

        public IdentityBook Book { get; } = new();

        public IdentityOracle Oracle { get; } = new();

        public List<Alias> Webhook { get; private set; } = [];

        public DateTimeOffset At { get; private set; }

        public PersonId Stranger { get; private set; }

        public PersonId Decided { get; private set; }

        public PersonId Expected { get; private set; }

        public bool Next()
        {
            if (_left-- == 0)
            {
                return false;
            }

            var kinds = Enum.GetValues<IdentifierKind>().Where(_ => _random.Next(2) == 0).ToList();
            Webhook = [.. (kinds.Count == 0 ? [IdentifierKind.Email] : kinds).Select(kind => Said.Of(kind, _random.Next(4)))];
            At = Said.At(_random.Next(12));
            Stranger = Said.Person(100 - _left);
            Decided = Book.Resolve([.. Webhook], At, Stranger).Person;
            Expected = Oracle.Resolve(Webhook, At, Stranger);
            return true;
        }
    }
}
