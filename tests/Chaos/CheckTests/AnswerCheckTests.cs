using WsCluster.Tests.Chaos.Check;

namespace WsCluster.Tests.Chaos.CheckTests;

public sealed class AnswerCheckTests
{
    [Fact]
    public void Unanswered_ToEachQuestionSomebodyGotAnAnswer_IsEmpty()
    {
        VisitRecord[] visits = [Visit("a", 101, false), Visit("a", 150, true), Visit("b", 120, true)];

        Assert.Empty(AnswerCheck.Unanswered(visits, 100, 200));
    }

    [Fact]
    public void Unanswered_NobodyWhoAskedGotAnAnswer_NamesTheQuestion()
    {
        VisitRecord[] visits = [Visit("a", 101, false), Visit("a", 150, false), Visit("b", 120, true), Visit("b", 130, false)];

        Assert.Equal(["a"], AnswerCheck.Unanswered(visits, 100, 200));
    }

    [Fact]
    public void Unanswered_AskedBeforeOrAfter_DoesNotCount()
    {
        VisitRecord[] visits =
        [
            Visit("before", 90, false), Visit("before", 95, false), Visit("after", 200, false), Visit("after", 210, false),
            Visit("a", 99, true), Visit("a", 101, false), Visit("a", 102, false), Visit("a", 200, true),
        ];

        Assert.Equal(["a"], AnswerCheck.Unanswered(visits, 100, 200));
    }

    [Fact]
    public void Unanswered_AskedByOneOnly_SaysLittle()
    {
        Assert.Empty(AnswerCheck.Unanswered([Visit("once", 130, false)], 100, 200));
    }

    private static VisitRecord Visit(string question, long at, bool isAnswered) => new(question, at, at + 5, isAnswered);
}
